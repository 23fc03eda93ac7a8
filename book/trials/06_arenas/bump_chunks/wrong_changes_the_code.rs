//! Makes the predictions of the starter come true.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

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
