//! Has two B-trees, whose nodes come and go.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// From keys, which are hashes, to those who are filed under them, who are numbered from 0.
#[derive(Debug, Default)]
pub struct Index {
    owners: BTreeSet<(u64, u32)>,
    keys: BTreeSet<(u32, u64)>,
    twice: Vec<(u64, u32)>,
}

impl Index {
    /// Files an owner under a key: as often as it is told to.
    pub fn add(&mut self, key: u64, owner: u32) {
        if !self.owners.insert((key, owner)) {
            self.twice.push((key, owner));
        }
        self.keys.insert((owner, key));
    }

    /// Takes an owner out, under whatever keys it is filed.
    pub fn remove(&mut self, owner: u32) {
        let keys: Vec<_> = (self.keys)
            .range((owner, 0)..=(owner, u64::MAX))
            .copied()
            .collect();
        for (_, key) in keys {
            self.owners.remove(&(key, owner));
            self.keys.remove(&(owner, key));
        }
        self.twice.retain(|filed| filed.1 != owner);
    }

    /// Who is filed under a key, in any order.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let owners = self.owners.range((key, 0)..=(key, u32::MAX));
        owners.map(|filed| filed.1)
    }
}
