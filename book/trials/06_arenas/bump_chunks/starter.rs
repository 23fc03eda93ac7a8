//! A parser keeps the nodes of a page in an arena, and resets the arena before the next page.
//! Predict what that takes before you measure it. On a 64-bit machine, bumpalo's first chunk is an
//! allocation of 496 bytes. When a piece doesn't fit into the current chunk, bumpalo allocates
//! another: 1,008 bytes, 2,032, 4,080, each twice the last and 16 more. The last 48 bytes of each
//! are a footer. Pieces are cut off from the end of a chunk. A reset keeps the newest chunk and
//! frees the others. `cargo run --bin bump_chunks` shows a page of 40 nodes: 2 allocations, 1,504
//! bytes. When all predictions are right, it also shows why.
//!
//! | question                   | to predict                                                   |
//! |----------------------------|--------------------------------------------------------------|
//! | a page of 100 nodes        | allocations and bytes, from nothing                          |
//! | the same after a reset     | the capacity that is kept; allocations of the next two pages |
//! | alignment                  | bytes of flags and counters, mixed and sorted                |
//! | lists in an arena          | bytes of one list, and of two that grow in turn              |
//! | the end                    | how many of ten counted references are dropped               |

#![forbid(unsafe_code)]

// TODO: 999,999 is never right. The code to predict is below the line.

/// A new arena, and one with a single node.
const ALLOCATIONS_OF_A_NEW_ARENA: u64 = 999_999;
const ALLOCATIONS_OF_ONE_NODE: u64 = 999_999;

/// `parse(&arena, 100)` with a new arena, footers included.
const ALLOCATIONS_OF_100_NODES: u64 = 999_999;
const BYTES_OF_100_NODES: u64 = 999_999;

/// The bytes for pieces in the chunk that a reset keeps, after a page of 100 nodes.
const ROOM_AFTER_RESET: u64 = 999_999;

/// The second page of 100 nodes; and the third one, after another reset.
const ALLOCATIONS_OF_THE_SECOND_PAGE: u64 = 999_999;
const ALLOCATIONS_OF_THE_THIRD_PAGE: u64 = 999_999;

/// The bytes that `mixed` and `sorted` take of a chunk, with those skipped for alignment.
const BYTES_MIXED: u64 = 999_999;
const BYTES_SORTED: u64 = 999_999;

/// The bytes that `lists` takes of a chunk. The newest piece of a chunk grows where it is.
const BYTES_OF_ONE_LIST: u64 = 999_999;
const BYTES_OF_TWO_LISTS: u64 = 999_999;

/// Ten `Rc`s go into an arena, and the arena is dropped: so many of the `Rc`s are dropped.
const DROPPED_REFERENCES: u64 = 999_999;

// ---- Change nothing below this line. ----

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("bump_chunks").live(0);

/// A page of so many nodes. Each has 32 bytes, at an address that 8 divides.
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

/// Lists of eight numbers of 8 bytes, filled in turn. Their capacities are 1, 2, 4 and 8, and all
/// lists stay in use.
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
    let page = || parse(&Bump::new(), std::hint::black_box(40));
    measuring::show(BUDGET, page);
    // An argument asks for these numbers alone.
    if std::env::args().len() > 1 {
        return;
    }
    let answers = [
        pages(),
        pages_after_a_reset(),
        alignment(),
        growth(),
        the_end(),
    ]
    .concat();
    if answers.iter().all(|it| it.predicted == it.measured) {
        println!();
        for Answer {
            what,
            measured,
            why,
            ..
        } in answers
        {
            println!("{what}: {}, {why}", measuring::grouped(measured));
        }
    }
}

/// A prediction beside the measured number, and the reason for the latter.
#[derive(Clone, Copy)]
struct Answer {
    what: &'static str,
    predicted: u64,
    measured: u64,
    why: &'static str,
}

fn answer(what: &'static str, predicted: u64, measured: u64, why: &'static str) -> Answer {
    Answer {
        what,
        predicted,
        measured,
        why,
    }
}

fn pages() -> Vec<Answer> {
    let page = |nodes| measuring::heap(|| parse(&Bump::new(), std::hint::black_box(nodes))).1;
    let (none, one, all) = (page(0), page(1), page(100));
    vec![
        answer(
            "allocations of a new arena",
            ALLOCATIONS_OF_A_NEW_ARENA,
            none.allocations,
            "because the first piece brings the first chunk",
        ),
        answer(
            "allocations of one node",
            ALLOCATIONS_OF_ONE_NODE,
            one.allocations,
            "because the first chunk holds 14",
        ),
        answer(
            "allocations of 100 nodes",
            ALLOCATIONS_OF_100_NODES,
            all.allocations,
            "because the chunks hold 14, 30 and 62",
        ),
        answer(
            "bytes of 100 nodes",
            BYTES_OF_100_NODES,
            all.bytes,
            "the sum of 496, 1,008 and 2,032",
        ),
    ]
}

fn pages_after_a_reset() -> Vec<Answer> {
    let mut arena = Bump::new();
    parse(&arena, std::hint::black_box(100));
    arena.reset();
    let kept = arena.chunk_capacity() as u64;
    let ((), second) = measuring::heap(|| parse(&arena, std::hint::black_box(100)));
    arena.reset();
    let ((), third) = measuring::heap(|| parse(&arena, std::hint::black_box(100)));
    vec![
        answer(
            "capacity after a reset",
            ROOM_AFTER_RESET,
            kept,
            "because 2,032 bytes are kept, and 48 are the footer",
        ),
        answer(
            "allocations of the second page",
            ALLOCATIONS_OF_THE_SECOND_PAGE,
            second.allocations,
            "because 62 nodes fit into the kept chunk, and 38 don't",
        ),
        answer(
            "allocations of the third page",
            ALLOCATIONS_OF_THE_THIRD_PAGE,
            third.allocations,
            "because the newest chunk now holds 126 nodes",
        ),
    ]
}

/// The bytes that `work` takes of a chunk, which is large enough for all of them.
fn handed_out(work: impl FnOnce(&Bump)) -> u64 {
    let arena = Bump::with_capacity(4_096);
    let before = arena.chunk_capacity();
    work(std::hint::black_box(&arena));
    (before - arena.chunk_capacity()) as u64
}

fn alignment() -> Vec<Answer> {
    vec![
        answer(
            "bytes of mixed values",
            BYTES_MIXED,
            handed_out(mixed),
            "because a counter after a flag skips 7 bytes",
        ),
        answer(
            "bytes of sorted values",
            BYTES_SORTED,
            handed_out(sorted),
            "because a flag fits at any address",
        ),
    ]
}

fn growth() -> Vec<Answer> {
    let bytes = |count| handed_out(|arena| lists(arena, std::hint::black_box(count)));
    vec![
        answer(
            "bytes of one list",
            BYTES_OF_ONE_LIST,
            bytes(1),
            "because the newest piece grows where it is",
        ),
        answer(
            "bytes of two lists",
            BYTES_OF_TWO_LISTS,
            bytes(2),
            "because each leaves buffers of 1, 2 and 4 numbers behind",
        ),
    ]
}

fn the_end() -> Vec<Answer> {
    let shared = std::rc::Rc::new("page");
    let arena = Bump::new();
    for _ in 0..10 {
        arena.alloc(std::rc::Rc::clone(&shared));
    }
    drop(arena);
    let dropped = 11 - std::rc::Rc::strong_count(&shared) as u64;
    let why = "because an arena knows no types and frees chunks only";
    vec![answer(
        "dropped references",
        DROPPED_REFERENCES,
        dropped,
        why,
    )]
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use measuring::assert_predicted;

    #[track_caller]
    fn assert_all_predicted(answers: Vec<Answer>) {
        for it in answers {
            assert_predicted(it.what, it.predicted, it.measured);
        }
    }

    #[measuring::test]
    fn a_page_from_nothing() {
        assert_all_predicted(super::pages());
    }

    #[measuring::test]
    fn pages_after_a_reset() {
        assert_all_predicted(super::pages_after_a_reset());
    }

    #[measuring::test]
    fn alignment() {
        assert_all_predicted(super::alignment());
    }

    #[measuring::test]
    fn lists_that_grow() {
        assert_all_predicted(super::growth());
    }

    #[measuring::test]
    fn references_at_the_end() {
        assert_all_predicted(super::the_end());
    }
}
