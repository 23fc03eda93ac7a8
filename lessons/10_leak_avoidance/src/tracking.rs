//! What it costs to count values.

use crate::{Census, Tracked};

/// How many values are made and dropped, a few alive at a time.
#[derive(Clone, Copy, Debug)]
pub struct Count(pub u64);

/// Values as they are.
pub fn plain(count: &Count) -> u64 {
    let mut alive = [0; 8];
    for number in 0..count.0 {
        alive[(number % 8) as usize] = std::hint::black_box(number);
    }
    alive.iter().sum()
}

/// The same values, tracked.
pub fn tracked(count: &Count) -> u64 {
    let census = Census::of("numbers");
    let mut alive: [Tracked<u64>; 8] = std::array::from_fn(|_| census.track(0));
    for number in 0..count.0 {
        alive[(number % 8) as usize] = census.track(std::hint::black_box(number));
    }
    alive.iter().map(|number| **number).sum()
}
