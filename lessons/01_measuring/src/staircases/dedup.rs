//! The quadratic scan and what replaces it: how many different numbers there are.

use std::collections::HashSet;

use super::{FixedHash, scattered};

/// Numbers, many of them more than once.
pub struct Numbers {
    all: Vec<u64>,
}

impl Numbers {
    fn of(count: u64) -> Self {
        Self {
            all: scattered(5)
                .take(count as usize)
                .map(|it| it % count)
                .collect(),
        }
    }

    /// Sixteen.
    pub fn of_16() -> Self {
        Self::of(16)
    }

    /// Sixteen times as many.
    pub fn of_256() -> Self {
        Self::of(256)
    }

    /// Sixteen times as many again.
    pub fn of_4096() -> Self {
        Self::of(4_096)
    }
}

// ANCHOR: all_pairs
/// Looks through all that it has for every number that comes.
pub fn all_pairs(numbers: &Numbers) -> usize {
    let mut distinct = Vec::new();
    for number in &numbers.all {
        if !distinct.contains(number) {
            distinct.push(*number);
        }
    }
    distinct.len()
}
// ANCHOR_END: all_pairs

// ANCHOR: sort_unstable
/// Sorts a copy in place, so that equal numbers are neighbours.
pub fn sort_unstable(numbers: &Numbers) -> usize {
    let mut sorted = numbers.all.clone();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}
// ANCHOR_END: sort_unstable

// ANCHOR: hash_set
/// Asks a hash set.
pub fn hash_set(numbers: &Numbers) -> usize {
    let distinct: HashSet<u64, FixedHash> = numbers.all.iter().copied().collect();
    distinct.len()
}
// ANCHOR_END: hash_set
