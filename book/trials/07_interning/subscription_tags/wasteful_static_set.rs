//! Keeps all tags in a static, where they stay when the set is dropped.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the numbers do too. Untrusted input needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

static KNOWN: std::sync::Mutex<Option<HashSet<Arc<str>, FixedSeed>>> = std::sync::Mutex::new(None);

#[derive(Default)]
struct Tags {
    /// How many tags the set may have before it is swept.
    enough: usize,
}

impl Tags {
    /// The tag, shared with every subscription that has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        let mut all = KNOWN.lock().unwrap();
        let set = all.get_or_insert_default();
        if let Some(known) = set.get(tag) {
            return Arc::clone(known);
        }
        if set.len() >= self.enough {
            set.retain(|tag| Arc::strong_count(tag) > 1);
            self.enough = (2 * set.len()).max(32);
            set.shrink_to(self.enough);
        }
        let new = Arc::<str>::from(tag);
        set.insert(Arc::clone(&new));
        new
    }
}
