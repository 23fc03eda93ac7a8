//! Keeps a text of its own for each tag, and a `Weak` that leads to it.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Weak};

/// Hashes the same in every run, so that the counts repeat. With untrusted tags, use random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashMap<Box<str>, Weak<str>, FixedSeed>,
    /// How many tags the set may have before it is swept.
    enough: usize,
}

impl Tags {
    /// The tag, shared with everybody who has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag).and_then(Weak::upgrade) {
            return known;
        }
        if self.known.len() >= self.enough {
            self.sweep();
        }
        let new = Arc::<str>::from(tag);
        self.known.insert(tag.into(), Arc::downgrade(&new));
        new
    }

    /// Forgets the tags that nobody else holds.
    fn sweep(&mut self) {
        self.known.retain(|_, tag| tag.strong_count() > 0);
        self.enough = (2 * self.known.len()).max(32);
        self.known.shrink_to(self.enough);
    }
}
