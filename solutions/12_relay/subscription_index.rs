//! Whom does a new event concern? A relay files each subscription under keys: for whose it is, and for what it asks. An
//! event has a few keys, too, and the relay looks under each. Of ten thousand, most are filed under the same one.
//!
//! All entries lie in one list: those of a key are linked both ways, those of an owner one way. Links are numbers.
//!
//! | measure                   |    budget | why                                                              |
//! |---------------------------|-----------|------------------------------------------------------------------|
//! | allocations, 10,000 subscribe  |       100 | a few collections that double                                    |
//! | live, then                | 1,300,000 | 20,000 entries of 24 bytes with spare room, 11,000 keys          |
//! | allocations, 20,000 change     |         8 | who comes takes the place of who has left                        |
//! | live, all have left       |     1,024 | nobody is there                                                  |

#![forbid(unsafe_code)]

use std::collections::HashMap;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    owner: u32,
    next: u32,
    prev: u32,
    sibling: u32,
}

/// From keys, which are hashes, to those who are filed under them, who are numbered from 0.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    free: Vec<u32>,
    by_key: HashMap<u64, u32>,
    by_owner: HashMap<u32, u32>,
}

impl Index {
    /// Files an owner under a key: as often as it is told to.
    pub fn add(&mut self, key: u64, owner: u32) {
        let at = self.free.pop().unwrap_or(self.entries.len() as u32);
        let entry = Entry {
            key,
            owner,
            next: self.by_key.insert(key, at).unwrap_or(NONE),
            prev: NONE,
            sibling: self.by_owner.insert(owner, at).unwrap_or(NONE),
        };
        if let Some(next) = self.entries.get_mut(entry.next as usize) {
            next.prev = at;
        }
        match self.entries.get_mut(at as usize) {
            Some(free) => *free = entry,
            None => self.entries.push(entry),
        }
    }

    /// Takes an owner out, under whatever keys it is filed.
    pub fn remove(&mut self, owner: u32) {
        let mut at = self.by_owner.remove(&owner).unwrap_or(NONE);
        while let Some(&entry) = self.entries.get(at as usize) {
            match self.entries.get_mut(entry.prev as usize) {
                Some(prev) => prev.next = entry.next,
                None if entry.next == NONE => drop(self.by_key.remove(&entry.key)),
                None => drop(self.by_key.insert(entry.key, entry.next)),
            }
            if let Some(next) = self.entries.get_mut(entry.next as usize) {
                next.prev = entry.prev;
            }
            self.free.push(at);
            at = entry.sibling;
        }
        if self.by_owner.is_empty() {
            *self = Self::default();
        }
    }

    /// Who is filed under a key, in any order.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let first = self.by_key.get(&key).map(|at| &self.entries[*at as usize]);
        let next = |entry: &&Entry| self.entries.get(entry.next as usize);
        std::iter::successors(first, next).map(|entry| entry.owner)
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("subscription_index")
    .allocations(100)
    .live(1_300_000);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::collections::{BTreeMap, BTreeSet};
    use std::hint::black_box;

    const ALL: u64 = 1;
    const CHANGES: Budget = Budget::of("subscription_index")
        .allocations(8)
        .live(600_000);
    const ALL_LEFT: Budget = Budget::of("subscription_index").live(1_024);

    fn owners(index: &Index, key: u64) -> Vec<u32> {
        // More than there can be: a ring of links must not be walked for ever.
        let mut owners: Vec<u32> = index.owners(key).take(100_000).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    fn filled() -> Index {
        let mut index = Index::default();
        (0..10_000).for_each(|client| subscribe(&mut index, black_box(client), 0));
        index
    }

    #[test]
    fn owners_are_found_under_their_keys_until_they_leave() {
        let mut index = Index::default();
        for (key, owner) in [
            (7, 0),
            (7, 1),
            (8, 1),
            (7, 2),
            (9, 2),
            (u64::MAX, 2),
            (7 + (1 << 40), 3),
        ] {
            index.add(key, owner);
        }
        assert_eq!(
            (owners(&index, 7), owners(&index, 8)),
            (vec![0, 1, 2], vec![1])
        );
        index.remove(1);
        assert_eq!((owners(&index, 7), owners(&index, 8)), (vec![0, 2], vec![]));
        index.remove(2);
        assert_eq!(
            (owners(&index, 9), owners(&index, u64::MAX)),
            (vec![], vec![])
        );
        assert_eq!(owners(&index, 7), [0]);
        index.remove(0);
        assert!(owners(&index, 7).is_empty());
    }

    #[test]
    fn who_is_not_there_can_be_taken_out() {
        let mut index = Index::default();
        index.remove(3);
        index.add(1, 5);
        (0..9)
            .filter(|owner| *owner != 5)
            .for_each(|owner| index.remove(owner));
        assert_eq!(owners(&index, 1), [5]);
        index.remove(5);
        index.remove(5);
        index.add(2, 5);
        assert_eq!((owners(&index, 1), owners(&index, 2)), (vec![], vec![5]));
    }

    #[test]
    fn filed_twice_is_taken_out_at_once() {
        let mut index = Index::default();
        for (key, owner) in [(1, 0), (1, 4), (1, 0), (2, 0), (1, 4), (1, 0)] {
            index.add(key, owner);
        }
        assert_eq!(owners(&index, 1), [0, 4]);
        index.remove(0);
        assert_eq!((owners(&index, 1), owners(&index, 2)), (vec![4], vec![]));
        index.remove(4);
        assert!(owners(&index, 1).is_empty());
    }

    /// Owners come and go in no order, and after each step everything is as in a plain set.
    #[test]
    fn it_is_right_whoever_comes_and_goes() {
        let mut plain = BTreeMap::<u32, BTreeSet<u64>>::new();
        let (mut index, mut random) = (Index::default(), 1u64);
        for step in 0..4_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (owner, mut keys) = ((random >> 60) as u32, random >> 20);
            index.remove(owner);
            plain.remove(&owner);
            // Every few hundred steps all leave.
            while keys & 3 != 0 && step % 300 < 250 {
                if plain.entry(owner).or_default().insert(keys >> 2 & 7) {
                    index.add(keys >> 2 & 7, owner);
                }
                keys >>= 5;
            }
            for key in 0..8 {
                let filed = plain.iter().filter(|filed| filed.1.contains(&key));
                let filed: Vec<u32> = filed.map(|filed| *filed.0).collect();
                assert_eq!(owners(&index, key), filed, "step {step}, key {key}");
            }
        }
    }

    #[test]
    fn one_with_thousands_of_keys_leaves_nothing_behind() {
        let mut index = filled();
        (100..5_100).for_each(|key| index.add(key, 10_000));
        assert_eq!(owners(&index, 5_099), [10_000]);
        index.remove(10_000);
        assert!((100..5_100).all(|key| owners(&index, key).is_empty()));
        assert_eq!(owners(&index, ALL).len(), 9_000);
    }

    #[test]
    fn ten_thousand_subscribe_in_budget() {
        let index = BUDGET.assert_holds(filled);
        assert_eq!(index.owners(ALL).count(), 9_000);
    }

    #[test]
    fn who_comes_takes_the_place_of_who_has_left() {
        let mut index = filled();
        CHANGES.assert_holds(|| {
            for change in 0..20_000 {
                let client = change * 7_919 % 10_000;
                index.remove(black_box(client));
                subscribe(&mut index, client, 1 + change / 10_000);
            }
        });
        assert_eq!(owners(&index, ALL).len(), 9_000);
    }

    #[test]
    fn when_all_have_left_the_room_is_free() {
        let index = ALL_LEFT.assert_holds(|| {
            let mut index = filled();
            (0..10_000).for_each(|client| index.remove(black_box(client)));
            index
        });
        assert_eq!(index.owners(ALL).count(), 0);
    }
}
