//! Computes the numbers by the rule.

#![forbid(unsafe_code)]

const fn grown(capacity: u64, needed: u64) -> u64 {
    if needed > 2 * capacity {
        needed
    } else {
        2 * capacity
    }
}

/// The capacity after 5 pushes and 12 more readings at once, by `extend_from_slice`.
const EXTENDED: u64 = grown(8, 17);

/// The capacity after the same and one more push.
const EXTENDED_AND_PUSHED: u64 = grown(EXTENDED, EXTENDED + 1);

/// Allocations and bytes of 10 chunks of 7 readings; a reallocation counts with its full new size.
const CHUNKS_ALLOCATIONS: u64 = 5;
const CHUNKS_BYTES: u64 = 8 * (7 + 14 + 28 + 56 + 112);

/// The capacity of an empty vector after `append` of 100 readings from a vector of capacity 1,000.
const APPENDED: u64 = 100;

/// A full vector of 100: its capacity after `reserve_exact(10)` and 11 pushes.
const RESERVED: u64 = grown(110, 111);

/// The capacity of a `String` from "GET" after ' ', "/users/alice/notes" and '\n' are pushed.
const REQUEST: u64 = grown(grown(8, 22), 23);

/// The capacity of 100 readings and 500 that pass a filter, collected from one iterator.
const COLLECTED: u64 = 800;

/// The capacity of a clone of 1,000 pushed readings, after one more push.
const CLONED: u64 = grown(1_000, 1_001);

/// 1,000 pushes; `retain` keeps 10; 1,015 more pushes.
const RETAINED: u64 = grown(1_024, 1_025);

/// 1,000 pushes; `truncate(10)`; `shrink_to(50)`; 45 more readings at once.
const SHRUNK: u64 = grown(50, 55);

/// Allocations of 100 inserts into an empty `HashMap<u32, f64>`.
const MAP_ALLOCATIONS: u64 = 6;
