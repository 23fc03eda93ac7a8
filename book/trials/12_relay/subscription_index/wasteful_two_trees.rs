//! Two sorted sets, which are short to write and take an allocation for every few entries.

use measuring::Budget;
use std::collections::BTreeSet;

measuring::install_unless_part!();

const BUDGET: Budget = Budget::of("subscription_index").allocations(100).live(1_300_000);
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
