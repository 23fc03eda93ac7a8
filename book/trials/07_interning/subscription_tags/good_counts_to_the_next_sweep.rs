//! Counts down to the next sweep, as many new tags as the last one left.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the numbers do too. Untrusted input needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
    /// Tags that are new since the last sweep, and those that it left.
    new: usize,
    left: usize,
}

impl Tags {
    /// The tag, shared with every subscription that has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        if self.new >= self.left.max(64) {
            self.sweep();
        }
        self.new += 1;
        let new = Arc::<str>::from(tag);
        self.known.insert(Arc::clone(&new));
        new
    }

    /// Forgets the tags that only the set holds.
    fn sweep(&mut self) {
        self.known.retain(|tag| Arc::strong_count(tag) > 1);
        (self.new, self.left) = (0, self.known.len());
        self.known.shrink_to_fit();
    }
}
