//! Takes a reset to free every chunk.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

/// A new arena has no chunk yet.
const ALLOCATIONS_OF_A_NEW_ARENA: u64 = 0;
const ALLOCATIONS_OF_ONE_NODE: u64 = 1;

/// What `parse(&arena, 100)` takes of a new arena, footers and all: chunks for 14, 30 and 62 nodes.
const ALLOCATIONS_OF_100_NODES: u64 = 3;
const BYTES_OF_100_NODES: u64 = 3_536;

/// The room for pieces that is left after a reset, once a page of 100 nodes was parsed: 2,032 less the footer.
const ROOM_AFTER_RESET: u64 = 0;

/// The allocations that the second page of 100 nodes takes; and the third one, after another reset. 62 nodes fit into what
/// was kept; the chunk of 4,080 bytes, which the others need, has room for 126.
const ALLOCATIONS_OF_THE_SECOND_PAGE: u64 = 3;
const ALLOCATIONS_OF_THE_THIRD_PAGE: u64 = 3;

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
