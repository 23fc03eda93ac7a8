use std::fmt;

use quick_cache::UnitWeighter;
use quick_cache::unsync::{Cache, DefaultLifecycle};

use super::Policy;
use crate::{FixedSeed, Id};

/// [`quick_cache`]'s cache for one thread: hot and cold entries, and a memory of keys that it evicted lately.
pub struct QuickCache(Cache<u64, Id, UnitWeighter, FixedSeed>);

impl fmt::Debug for QuickCache {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "QuickCache({} entries)", self.0.len())
    }
}

impl Policy for QuickCache {
    fn with_room(entries: usize) -> Self {
        Self(Cache::with(
            entries,
            entries as u64,
            UnitWeighter,
            FixedSeed::default(),
            DefaultLifecycle::default(),
        ))
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        self.0.get(&key).copied()
    }

    fn insert(&mut self, key: u64, id: Id) {
        self.0.insert(key, id);
    }
}
