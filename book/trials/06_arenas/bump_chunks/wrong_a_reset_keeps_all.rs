//! Expects all chunks to stay after a reset.

#![forbid(unsafe_code)]

/// A new arena, and one with a single node. A new arena has no chunk yet.
const ALLOCATIONS_OF_A_NEW_ARENA: u64 = 0;
const ALLOCATIONS_OF_ONE_NODE: u64 = 1;

/// `parse(&arena, 100)` with a new arena, footers included: chunks for 14, 30 and 62 nodes.
const ALLOCATIONS_OF_100_NODES: u64 = 3;
const BYTES_OF_100_NODES: u64 = 3_536;

/// The bytes for pieces in the chunk that a reset keeps, after a page of 100 nodes: 2,032 less 48.
const ROOM_AFTER_RESET: u64 = 3_392;

/// The second page of 100 nodes; and the third one, after another reset. 62 nodes fit into the kept
/// chunk. The others go into one of 4,080 bytes, which holds 126 nodes and is kept next.
const ALLOCATIONS_OF_THE_SECOND_PAGE: u64 = 0;
const ALLOCATIONS_OF_THE_THIRD_PAGE: u64 = 0;

/// The bytes that `mixed` and `sorted` take of a chunk, with those skipped for alignment:
/// 7 after each flag, or none.
const BYTES_MIXED: u64 = 160;
const BYTES_SORTED: u64 = 90;

/// The bytes that `lists` takes of a chunk. The newest piece of a chunk grows where it is.
/// Of two lists, neither is the newest: each leaves buffers of 1, 2 and 4 numbers behind.
const BYTES_OF_ONE_LIST: u64 = 64;
const BYTES_OF_TWO_LISTS: u64 = 240;

/// Ten `Rc`s go into an arena, and the arena is dropped: so many of the `Rc`s are dropped.
/// An arena knows no types, so it drops nothing.
const DROPPED_REFERENCES: u64 = 0;
