//! Goes through the list of a key when one of it leaves.

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// From keys, which are hashes, to those who are filed under them, who are numbered from 0.
#[derive(Debug, Default)]
pub struct Index {
    // TODO: all entries in one list. Those of a key are linked both ways; those of an owner form a chain.
    owners: HashMap<u64, Vec<u32>>,
    keys: HashMap<u32, Vec<u64>>,
}

impl Index {
    /// Files an owner under a key: as often as it is told to.
    pub fn add(&mut self, key: u64, owner: u32) {
        self.owners.entry(key).or_default().push(owner);
        self.keys.entry(owner).or_default().push(key);
    }

    /// Takes an owner out, under whatever keys it is filed.
    pub fn remove(&mut self, owner: u32) {
        let keys = self.keys.remove(&owner).unwrap_or_default();
        for key in keys {
            let Some(owners) = self.owners.get_mut(&key) else {
                continue;
            };
            owners.retain(|other| *other != owner);
            if owners.is_empty() {
                self.owners.remove(&key);
            }
        }
        if self.keys.is_empty() {
            *self = Self::default();
        }
    }

    /// Who is filed under a key, in any order.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        self.owners.get(&key).into_iter().flatten().copied()
    }
}
