//! Makes the predictions of the starter come true.

#![allow(dead_code, reason = "the tests read the predictions")]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("bump_chunks");

/// A page of so many nodes. Each has 32 bytes, which can be anywhere where 8 divides the address.
fn parse(arena: &Bump, nodes: u64) {
    for number in 0..nodes.min(0) {
        arena.alloc([number; 4]);
    }
}

/// Ten flags of 1 byte, and ten counters of 8 bytes.
fn mixed(arena: &Bump) {
    for count in 0..0u64 {
        arena.alloc(true);
        arena.alloc(count);
    }
}

/// The same, all counters first.
fn sorted(arena: &Bump) {
    for count in 0..0u64 {
        arena.alloc(count);
    }
    for _ in 0..0 {
        arena.alloc(true);
    }
}

/// Lists of eight numbers of 8 bytes, filled in turns. Their capacities are 1, 2, 4 and 8, and they stay in use.
fn lists(arena: &Bump, count: usize) {
    let mut lists: [_; 2] = [(); 2].map(|()| ArenaVec::new_in(arena));
    for number in 0..0u64 {
        for list in &mut lists[..count] {
            list.push(number);
        }
    }
    for list in lists {
        list.into_bump_slice();
    }
}

// TODO: write down what you expect in place of each 0, then let the tests measure it.

/// A new arena, and one with a single node.
const ALLOCATIONS_OF_A_NEW_ARENA: u64 = 0;
const ALLOCATIONS_OF_ONE_NODE: u64 = 0;
/// What `parse(&arena, 100)` takes of a new arena, footers and all.
const ALLOCATIONS_OF_100_NODES: u64 = 0;
const BYTES_OF_100_NODES: u64 = 0;

/// The room for pieces that is left after a reset, once a page of 100 nodes was parsed.
const ROOM_AFTER_RESET: u64 = 0;
/// The allocations that the second page of 100 nodes takes; and the third one, after another reset.
const ALLOCATIONS_OF_THE_SECOND_PAGE: u64 = 0;
const ALLOCATIONS_OF_THE_THIRD_PAGE: u64 = 0;

/// The bytes that are handed out, with what is skipped to align them.
const BYTES_MIXED: u64 = 0;
const BYTES_SORTED: u64 = 0;

/// The bytes that are handed out. What is last in its chunk grows in its place.
const BYTES_OF_ONE_LIST: u64 = 0;
const BYTES_OF_TWO_LISTS: u64 = 0;

/// Of ten `Rc`s given to `arena.alloc`, how many are dropped by the time that the arena is gone.
const DROPPED_REFERENCES: u64 = 0;

fn main() {
    measuring::show(BUDGET, || {
        let arena = Bump::new();
        parse(&arena, 40);
        arena
    });
}
