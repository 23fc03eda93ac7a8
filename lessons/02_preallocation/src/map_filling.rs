//! Filling a hash map whose number of entries is known.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A map that hashes the same way in every run, so that its figures repeat. Where strangers choose the keys, keep
/// std's random seed.
pub type Map = HashMap<u64, u64, BuildHasherDefault<DefaultHasher>>;

// ANCHOR: insert
/// Starts empty. A full table is replaced by one of twice the size, and every key finds its place again.
pub fn insert(count: &u64) -> Map {
    let mut offsets = Map::default();
    for id in 0..*count {
        offsets.insert(id * 7_919, id);
    }
    offsets
}
// ANCHOR_END: insert

// ANCHOR: with_capacity
/// Says how many entries first. The map adds the buckets that must stay free.
pub fn with_capacity(count: &u64) -> Map {
    let mut offsets = Map::with_capacity_and_hasher(*count as usize, Default::default());
    for id in 0..*count {
        offsets.insert(id * 7_919, id);
    }
    offsets
}
// ANCHOR_END: with_capacity

// ANCHOR: tenfold
/// Guesses ten times too high.
pub fn tenfold(count: &u64) -> Map {
    let mut offsets = Map::with_capacity_and_hasher(*count as usize * 10, Default::default());
    for id in 0..*count {
        offsets.insert(id * 7_919, id);
    }
    offsets
}
// ANCHOR_END: tenfold
