//! A list for every key, and the maps are given back in the end.

use measuring::Budget;
use std::collections::HashMap;

measuring::install_unless_part!();

const BUDGET: Budget = Budget::of("subscription_index").allocations(100).live(1_300_000);

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

fn main() {
    measuring::show(BUDGET, || {
        let mut index = Index::default();
        (0..10_000).for_each(|client| subscribe(&mut index, client, 0));
        (index.owners(1).count(), index.remove(1), index)
    });
}

/// Files a client under a key of its own, and under what it asks for: nine in ten ask for all there is, which is 1.
fn subscribe(index: &mut Index, client: u32, round: u32) {
    let own = (u64::from(round) << 32 | u64::from(client)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    index.add(own, client);
    index.add(if client.is_multiple_of(10) { !own } else { 1 }, client);
}
