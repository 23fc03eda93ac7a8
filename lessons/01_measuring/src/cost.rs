//! What a piece of code cost on the heap.

use serde::{Deserialize, Serialize};

/// What a region cost on the heap, in dhat's sense of the words.
///
/// Where a region frees or grows a block that is older than itself, dhat and this meter part ways: dhat doesn't know
/// the block and leaves it out, while the meter subtracts it. `live` is then below zero, and `peak` is the growth
/// over what was live when the region began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heap {
    /// Allocations and reallocations. (dhat: total blocks)
    pub blocks: u64,
    /// Their sizes added up; a reallocation counts with its full new size. (dhat: total bytes)
    pub bytes: u64,
    /// The most bytes that were live at one moment. (dhat: bytes at t-gmax)
    pub peak: u64,
    /// Bytes still live at the end: what the result holds, or what was leaked. (dhat: bytes at t-end)
    pub live: i64,
}

impl Heap {
    /// The four figures with their names, in the order of every table.
    pub fn figures(&self) -> [(&'static str, i64); 4] {
        let count = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
        [
            ("blocks", count(self.blocks)),
            ("bytes", count(self.bytes)),
            ("peak", count(self.peak)),
            ("live", self.live),
        ]
    }
}
