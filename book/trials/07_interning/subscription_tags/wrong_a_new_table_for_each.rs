//! Sweeps and makes a new table for each new tag.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the counts repeat. With untrusted tags, use random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
    /// How many tags the set may have before it is swept.
    enough: usize,
}

impl Tags {
    /// The tag, shared with everybody who has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        self.sweep();
        let new = Arc::<str>::from(tag);
        self.known.insert(Arc::clone(&new));
        new
    }

    /// Forgets the tags that nobody else holds.
    fn sweep(&mut self) {
        self.known.retain(|tag| Arc::strong_count(tag) > 1);
        self.enough = (2 * self.known.len()).max(32);
        self.known = self.known.drain().collect();
    }
}
