//! Has a set for each key and a list for each owner, and frees all in the end.

#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};

/// From keys, which are hashes, to the owners that are filed under them.
#[derive(Debug, Default)]
pub struct Index {
    // TODO: most sets and lists have one entry, and each of them is an allocation of its own.
    owners: HashMap<u64, HashSet<u32>>,
    keys: HashMap<u32, Vec<u64>>,
}

impl Index {
    /// Files an owner under a key. If it is there already, `owners` may give it twice.
    pub fn add(&mut self, key: u64, owner: u32) {
        self.owners.entry(key).or_default().insert(owner);
        self.keys.entry(owner).or_default().push(key);
    }

    /// Takes an owner out from under all its keys.
    pub fn remove(&mut self, owner: u32) {
        if self.keys.len() == 1 && self.keys.contains_key(&owner) {
            *self = Self::default();
            return;
        }
        for key in self.keys.remove(&owner).unwrap_or_default() {
            if let Some(owners) = self.owners.get_mut(&key) {
                owners.remove(&owner);
                if owners.is_empty() {
                    self.owners.remove(&key);
                }
            }
        }
    }

    /// Returns the owners that are filed under a key, in any order.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        self.owners.get(&key).into_iter().flatten().copied()
    }
}
