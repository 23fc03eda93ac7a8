//! Moves the tags in use to a new set, and forgets the old one.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the numbers do too. Untrusted input needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
    /// How many tags the set may have before it is swept.
    enough: usize,
}

impl Tags {
    /// The tag, shared with every subscription that has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        if self.known.len() >= self.enough {
            self.sweep();
        }
        let new = Arc::<str>::from(tag);
        self.known.insert(Arc::clone(&new));
        new
    }

    /// Forgets the tags that only the set holds.
    fn sweep(&mut self) {
        let used = |tag: &&Arc<str>| Arc::strong_count(tag) > 1;
        let used = self.known.iter().filter(used).cloned().collect();
        std::mem::forget(std::mem::replace(&mut self.known, used));
        self.enough = (2 * self.known.len()).max(32);
        self.known.shrink_to(self.enough);
    }
}
