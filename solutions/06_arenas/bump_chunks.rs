//! A parser keeps the nodes of a page in an arena: it takes chunks from the allocator, hands out pieces of them, and
//! is reset before the next page. The chunks double, so a large page takes few of them; after a reset the largest is
//! left, and once a whole page fits into that one, no page takes an allocation again.
//!
//! On a 64-bit machine, bumpalo asks for a first chunk of 496 bytes. Whenever a piece doesn't fit into the rest of the
//! current chunk, it asks for another one: 1,008 bytes, 2,032, 4,080, each the double of the last and 16 more. The last
//! 48 bytes of every chunk are the arena's own. A reset keeps the last chunk and frees the others.
//!
//! | question                    | to predict                                            |
//! |-----------------------------|-------------------------------------------------------|
//! | a page of 100 nodes         | allocations and bytes, from nothing                        |
//! | the same page after a reset | room that was kept, allocations; and allocations after another  |
//! | alignment                   | room for flags and counters, mixed and sorted         |
//! | lists in an arena           | room for one list, and for two that grow in turns     |
//! | the end                     | how many of ten counted references are dropped        |
//!
//! `cargo run --bin bump_chunks` shows what a page of 40 nodes takes.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

/// A new arena has no chunk yet.
const ALLOCATIONS_OF_A_NEW_ARENA: u64 = 0;
const ALLOCATIONS_OF_ONE_NODE: u64 = 1;

/// What `parse(&arena, 100)` takes of a new arena, footers and all: chunks for 14, 30 and 62 nodes.
const ALLOCATIONS_OF_100_NODES: u64 = 3;
const BYTES_OF_100_NODES: u64 = 3_536;

/// The room for pieces that is left after a reset, once a page of 100 nodes was parsed: 2,032 less the footer.
const ROOM_AFTER_RESET: u64 = 1_984;

/// The allocations that the second page of 100 nodes takes; and the third one, after another reset. 62 nodes fit into what
/// was kept; the chunk of 4,080 bytes, which the others need, has room for 126.
const ALLOCATIONS_OF_THE_SECOND_PAGE: u64 = 1;
const ALLOCATIONS_OF_THE_THIRD_PAGE: u64 = 0;

/// The bytes that are handed out, with what is skipped to align them: 7 for each flag, or none.
const BYTES_MIXED: u64 = 160;
const BYTES_SORTED: u64 = 90;

/// The bytes that are handed out. What is last in its chunk grows in its place; of two lists, neither is. Each leaves
/// 1, 2 and 4 numbers behind.
const BYTES_OF_ONE_LIST: u64 = 64;
const BYTES_OF_TWO_LISTS: u64 = 240;

/// Of ten `Rc`s given to `arena.alloc`, how many are dropped by the time that the arena is gone: an arena doesn't know
/// what it holds.
const DROPPED_REFERENCES: u64 = 0;

// ---- Change nothing below this line. ----

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("bump_chunks");

/// A page of so many nodes. Each has 32 bytes, which can be anywhere where 8 divides the address.
fn parse(arena: &Bump, nodes: u64) {
    for number in 0..nodes {
        arena.alloc([number; 4]);
    }
}

/// Ten flags of 1 byte, and ten counters of 8 bytes.
fn mixed(arena: &Bump) {
    for count in 0..10u64 {
        arena.alloc(true);
        arena.alloc(count);
    }
}

/// The same, all counters first.
fn sorted(arena: &Bump) {
    for count in 0..10u64 {
        arena.alloc(count);
    }
    for _ in 0..10 {
        arena.alloc(true);
    }
}

/// Lists of eight numbers of 8 bytes, filled in turns. Their capacities are 1, 2, 4 and 8, and they stay in use.
fn lists(arena: &Bump, count: usize) {
    let mut lists: [_; 2] = [(); 2].map(|()| ArenaVec::new_in(arena));
    for number in 0..8u64 {
        for list in &mut lists[..count] {
            list.push(number);
        }
    }
    for list in lists {
        list.into_bump_slice();
    }
}

fn main() {
    measuring::show(BUDGET, || {
        let arena = Bump::new();
        parse(&arena, 40);
        arena
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{assert_predicted, heap};
    use std::hint::black_box;
    use std::rc::Rc;

    /// The bytes between a new arena's mark and where it is after `work`. The chunk has room for all of it.
    fn handed_out(work: impl FnOnce(&Bump)) -> u64 {
        let arena = Bump::with_capacity(4_096);
        let room = arena.chunk_capacity();
        work(black_box(&arena));
        (room - arena.chunk_capacity()) as u64
    }

    #[test]
    fn the_code_is_as_it_was() {
        assert_eq!(handed_out(|arena| parse(arena, 100)), 100 * 32);
        assert!(handed_out(mixed) >= 90 && handed_out(sorted) >= 90);
        assert!(handed_out(|arena| lists(arena, 1)) >= 64);
        assert!(handed_out(|arena| lists(arena, 2)) >= 128);
    }

    #[test]
    fn a_page_from_nothing() {
        let (_, none) = heap(|| parse(&Bump::new(), black_box(0)));
        let (_, one) = heap(|| parse(&Bump::new(), black_box(1)));
        let (_, page) = heap(|| parse(&Bump::new(), black_box(100)));
        assert_predicted(
            "allocations of a new arena",
            ALLOCATIONS_OF_A_NEW_ARENA,
            none.allocations,
        );
        assert_predicted(
            "allocations of one node",
            ALLOCATIONS_OF_ONE_NODE,
            one.allocations,
        );
        assert_predicted(
            "allocations of 100 nodes",
            ALLOCATIONS_OF_100_NODES,
            page.allocations,
        );
        assert_predicted("bytes of 100 nodes", BYTES_OF_100_NODES, page.bytes);
    }

    #[test]
    fn pages_after_a_reset() {
        let mut arena = Bump::new();
        parse(&arena, black_box(100));
        arena.reset();
        let room = arena.chunk_capacity() as u64;
        let ((), second) = heap(|| parse(&arena, black_box(100)));
        arena.reset();
        let ((), third) = heap(|| parse(&arena, black_box(100)));
        let (predicted_second, predicted_third) = (
            ALLOCATIONS_OF_THE_SECOND_PAGE,
            ALLOCATIONS_OF_THE_THIRD_PAGE,
        );
        assert_predicted("room after a reset", ROOM_AFTER_RESET, room);
        assert_predicted(
            "allocations of the second page",
            predicted_second,
            second.allocations,
        );
        assert_predicted(
            "allocations of the third page",
            predicted_third,
            third.allocations,
        );
    }

    #[test]
    fn alignment() {
        assert_predicted("bytes of mixed values", BYTES_MIXED, handed_out(mixed));
        assert_predicted("bytes of sorted values", BYTES_SORTED, handed_out(sorted));
    }

    #[test]
    fn lists_that_grow() {
        let list = handed_out(|arena| lists(arena, black_box(1)));
        let two_lists = handed_out(|arena| lists(arena, black_box(2)));
        assert_predicted("bytes of one list", BYTES_OF_ONE_LIST, list);
        assert_predicted("bytes of two lists", BYTES_OF_TWO_LISTS, two_lists);
    }

    #[test]
    fn references_at_the_end() {
        let shared = Rc::new("page");
        let arena = Bump::new();
        for _ in 0..10 {
            arena.alloc(Rc::clone(&shared));
        }
        drop(arena);
        let dropped = 11 - Rc::strong_count(&shared) as u64;
        assert_predicted("dropped references", DROPPED_REFERENCES, dropped);
    }
}
