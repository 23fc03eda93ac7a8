//! Expects a map to make room for exactly what it was asked for.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

/// The capacity after a single push: 8 for single bytes, 1 above 1,024 bytes, and 4 between.
const FIRST_ROOM_1_BYTE: u64 = 8;
const FIRST_ROOM_8_BYTES: u64 = 4;
const FIRST_ROOM_2000_BYTES: u64 = 1;

/// The capacity after so many pushes: doubled until it is enough.
const ROOM_FOR_100_OF_1_BYTE: u64 = 128;
const ROOM_FOR_3000_OF_8_BYTES: u64 = 4_096;
const ROOM_FOR_5_OF_2000_BYTES: u64 = 8;

/// What 1,000 pushes of 8 bytes cost. A move to a larger allocation counts as one more allocation, with its full new size:
/// 4, 8, 16, 32, 64, 128, 256, 512 and 1,024 elements.
const ALLOCATIONS_OF_1000_PUSHES: u64 = 9;
const BYTES_OF_1000_PUSHES: u64 = 16_352;

/// What the vector costs that nothing was pushed to: an empty one has no allocation.
const ALLOCATIONS_OF_0_PUSHES: u64 = 0;

/// The capacity of `stations(1_000)`. A map keeps a power of two of places, and fills at most 7 in 8 of them:
/// 1,024 places would hold 896, so it takes 2,048.
const ROOM_OF_A_MAP_FOR_1000: u64 = 1_000;

/// The capacity of `display(&["hurricane"])`, and of `display(&["hurricane", "!"])`. Twice the 5 bytes of "wind:"
/// are too few for the first, so it gets just the 14 that it needs; the second gets twice those.
const ROOM_FOR_HURRICANE: u64 = 14;
const ROOM_FOR_HURRICANE_BANG: u64 = 28;

/// The capacity of a vector of 1,000 readings of 8 bytes, after `clear()`, `truncate(10)`, or `truncate(10)` and
/// `shrink_to_fit()`. Only the last gives room back.
const ROOM_AFTER_CLEAR: u64 = 1_024;
const ROOM_AFTER_TRUNCATE: u64 = 1_024;
const ROOM_AFTER_SHRINK: u64 = 10;
