//! How many bits two ids differ in, for a signature of slices and for one of arrays.

use std::hint::black_box;

use crate::fixed::EventId;

/// Pairs of ids.
#[derive(Debug)]
pub struct Pairs(Vec<[EventId; 2]>);

impl Pairs {
    /// A thousand pairs.
    pub fn sample() -> Self {
        let pair = |number| {
            [number, number + 1]
                .map(crate::scattered::scattered)
                .map(EventId::new)
        };
        Self((0..1_000).map(pair).collect())
    }
}

// ANCHOR: slices
/// Of slices: each index is checked against two lengths.
fn distance_of_slices(one: &[u8], other: &[u8]) -> u32 {
    let mut bits = 0;
    for at in 0..32 {
        bits += (one[at] ^ other[at]).count_ones();
    }
    bits
}
// ANCHOR_END: slices

/// Takes slices.
pub fn slices(pairs: &Pairs) -> u32 {
    // Through a pointer, so that nobody sees that all slices happen to be 32 bytes long.
    let distance: fn(&[u8], &[u8]) -> u32 = black_box(distance_of_slices);
    let pairs = pairs.0.iter();
    pairs
        .map(|[one, other]| distance(one.as_ref(), other.as_ref()))
        .sum()
}

// ANCHOR: arrays
/// Of arrays: the lengths are in the types, and nothing is left to check.
fn distance_of_arrays(one: &[u8; 32], other: &[u8; 32]) -> u32 {
    let mut bits = 0;
    for at in 0..32 {
        bits += (one[at] ^ other[at]).count_ones();
    }
    bits
}
// ANCHOR_END: arrays

/// Takes arrays.
pub fn arrays(pairs: &Pairs) -> u32 {
    let distance: fn(&[u8; 32], &[u8; 32]) -> u32 = black_box(distance_of_arrays);
    let pairs = pairs.0.iter();
    pairs
        .map(|[one, other]| distance(one.as_bytes(), other.as_bytes()))
        .sum()
}
