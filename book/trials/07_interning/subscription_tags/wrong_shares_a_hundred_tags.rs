//! Shares the first hundred tags, and no others.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the numbers do too. Untrusted input needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
}

impl Tags {
    /// The tag, shared with every subscription that has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        let new = Arc::<str>::from(tag);
        if self.known.len() >= 100 {
            return new;
        }
        self.known.insert(Arc::clone(&new));
        new
    }
}
