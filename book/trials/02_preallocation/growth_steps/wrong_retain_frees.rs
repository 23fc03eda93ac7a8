//! Expects `retain` to lower the capacity.

#![forbid(unsafe_code)]

/// The capacity after 5 pushes and 12 more readings at once, by `extend_from_slice`.
const EXTENDED: u64 = 17;

/// The capacity after the same and one more push.
const EXTENDED_AND_PUSHED: u64 = 34;

/// Allocations and bytes of 10 chunks of 7 readings; a reallocation counts with its full new size.
const CHUNKS_ALLOCATIONS: u64 = 5;
const CHUNKS_BYTES: u64 = 1_736;

/// The capacity of an empty vector after `append` of 100 readings from a vector of capacity 1,000.
const APPENDED: u64 = 100;

/// A full vector of 100: its capacity after `reserve_exact(10)` and 11 pushes.
const RESERVED: u64 = 220;

/// The capacity of a `String` from "GET" after ' ', "/users/alice/notes" and '\n' are pushed.
const REQUEST: u64 = 44;

/// The capacity of 100 readings and 500 that pass a filter, collected from one iterator.
const COLLECTED: u64 = 800;

/// The capacity of a clone of 1,000 pushed readings, after one more push.
const CLONED: u64 = 2_000;

/// 1,000 pushes; `retain` keeps 10; 1,015 more pushes.
const RETAINED: u64 = 1_280;

/// 1,000 pushes; `truncate(10)`; `shrink_to(50)`; 45 more readings at once.
const SHRUNK: u64 = 100;

/// Allocations of 100 inserts into an empty `HashMap<u32, f64>`.
const MAP_ALLOCATIONS: u64 = 6;
