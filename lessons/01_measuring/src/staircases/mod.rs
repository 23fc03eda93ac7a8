//! The lesson's own code: small programs to measure, a file per staircase.
//!
//! Nothing of the meter is in here, and the meter uses none of it. Two files are no staircase, because what they do
//! takes threads and never costs the same twice: [`contention`] and [`monitor`].

use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

pub mod batch;
pub mod churn;
pub mod contention;
pub mod dedup;
pub mod drop_guard;
pub mod elided;
pub mod encode;
pub mod fast_path;
pub mod inlining;
pub mod instruments;
pub mod monitor;
pub mod order;
pub mod setup;
pub mod short_loop;
pub mod storage;
pub mod zero_ns;

/// A hash with a fixed seed: what is measured must repeat.
pub type FixedHash = BuildHasherDefault<DefaultHasher>;

/// Numbers without a pattern, the same ones every time (SplitMix64).
fn scattered(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    })
}
