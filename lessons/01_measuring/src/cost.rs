//! What a piece of code cost on the heap.

use serde::{Deserialize, Serialize};

/// What a region cost on the heap, in dhat's sense of the words.
///
/// Live bytes and their peak are of what was allocated in the region. What is older, or another thread's, can be freed in
/// it, and takes nothing off; where the region reallocates it, the new size is the region's own. dhat does the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heap {
    /// Allocations and reallocations. (dhat: total blocks)
    pub allocations: u64,
    /// Their sizes added up; a reallocation counts with its full new size. (dhat: total bytes)
    pub bytes: u64,
    /// The most bytes that were live at one moment. (dhat: bytes at t-gmax)
    pub peak: u64,
    /// Bytes still live at the end: what the result holds, or what was leaked. (dhat: bytes at t-end)
    pub live: i64,
}

impl Heap {
    /// The higher of the two, figure by figure.
    #[must_use]
    pub fn highest(self, other: Self) -> Self {
        Self {
            allocations: self.allocations.max(other.allocations),
            bytes: self.bytes.max(other.bytes),
            peak: self.peak.max(other.peak),
            live: self.live.max(other.live),
        }
    }

    /// Whether no figure is above that of `bound` by more than a quarter and a little: 32 allocations, 20 KiB, of
    /// which 4 KiB are live at once.
    ///
    /// It is how figures of several threads are compared: how far they overlap decides how many of their allocations are
    /// live at once, and how often the standard library makes one to note which threads live.
    ///
    /// ```
    /// use measuring::Heap;
    ///
    /// let bound = Heap { allocations: 1_000, bytes: 64_000, peak: 8_000, live: 0 };
    /// assert!(Heap { allocations: 1_100, ..bound }.is_about_within(&bound));
    /// assert!(!Heap { allocations: 2_000, ..bound }.is_about_within(&bound));
    /// ```
    pub fn is_about_within(&self, bound: &Self) -> bool {
        // To report a stack overflow, std keeps the threads that live in a B-tree. One that starts while others live may
        // take a node of it, of 640 bytes at most: here is room for 32 such nodes.
        let allowances = [32, 32 * 640, 4_096, 4_096];
        let pairs = self.figures().into_iter().zip(bound.figures());
        pairs
            .zip(allowances)
            .all(|(((_, figure), (_, bound)), allowance)| {
                figure <= bound.saturating_add(bound.max(0) / 4 + allowance)
            })
    }

    /// The four figures with their names, in the order of every table.
    pub fn figures(&self) -> [(&'static str, i64); 4] {
        let count = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
        [
            ("allocations", count(self.allocations)),
            ("bytes", count(self.bytes)),
            ("peak", count(self.peak)),
            ("live", self.live),
        ]
    }
}
