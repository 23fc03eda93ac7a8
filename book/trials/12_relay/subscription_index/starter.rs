//! Which subscribers does a new event concern? A relay files each under keys, for what it asks. An
//! event has a few keys, too, and the relay looks under each. After `add(7, 0)`, `add(7, 1)` and
//! `remove(0)`, `owners(7)` gives 1. Most of ten thousand subscribers are filed under one key, so
//! neither `add` nor `remove` may search through those of a key. Owners are numbered from 0.
//!
//! As written, each key has a set and each owner a list, all of them allocations. When all have
//! left, the maps keep their capacity. To run the relay with your part:
//! `cargo test -p relay --features subscription_index --test live --test server`.
//!
//! | n subscribe, two keys each | measure     |        budget | why                           |
//! |----------------------------|-------------|--------------:|-------------------------------|
//! | 10,000, or another number  | allocations |           100 | collections that double       |
//! |                            | peak, live  | 165 n + 4,096 | 2 n entries of 24 to 32 bytes |
//! | then 20,000 change         | allocations |            12 | they take others' places      |
//! |                            | live        |     1,000,000 | a map may double once         |
//! | 20,000 more change         | live        |       100,000 | nothing grows for ever        |
//! | a look-up                  | allocations |             0 | entries are read in place     |
//! | all leave                  | live        |         1,024 | nobody is there               |

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

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

/// What so many subscribers may cost: 10,000, their double, quarter and so on.
const fn budget(clients: u64) -> measuring::Budget {
    measuring::Budget::of("subscription_index")
        .allocations(100)
        .peak(165 * clients + 4_096)
        .live((165 * clients + 4_096).cast_signed())
}

fn main() {
    measuring::show(budget(10_000), || {
        let index = filled(10_000);
        (index.owners(ALL).count(), index)
    });
}

/// What nine in ten subscribers ask for.
const ALL: u64 = 1;

fn filled(clients: u32) -> Index {
    let mut index = Index::default();
    (0..clients).for_each(|client| subscribe(&mut index, client, 0));
    index
}

/// Files a client under a key of its own, and under what it asks for: nine in ten ask for all.
fn subscribe(index: &mut Index, client: u32, round: u32) {
    let own = (u64::from(round) << 32 | u64::from(client)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    index.add(own, client);
    index.add(if client.is_multiple_of(10) { !own } else { ALL }, client);
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::collections::{BTreeMap, BTreeSet};
    use std::hint::black_box;

    const CHANGES: Budget = Budget::of("subscription_index")
        .allocations(12)
        .live(1_000_000);
    const MORE_CHANGES: Budget = Budget::of("subscription_index")
        .allocations(12)
        .live(100_000);
    const ALL_LEFT: Budget = Budget::of("subscription_index").live(1_024);
    const LOOK_UP: Budget = Budget::of("subscription_index").allocations(0).live(0);

    /// The owners under a key, sorted, each once.
    fn owners(index: &Index, key: u64) -> Vec<u32> {
        // More than there can be: a ring of links must not be walked for ever.
        let mut owners: Vec<u32> = index.owners(key).take(200_000).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    #[track_caller]
    fn assert_owners<const N: usize>(index: &Index, when: &str, expected: [(u64, &[u32]); N]) {
        for (key, expected) in expected {
            let what = format_args!("owners of key {key} {when}");
            assert_gives(what, &owners(index, key)[..], expected);
        }
    }

    #[measuring::test]
    fn owners_are_found_under_their_keys_until_they_leave() {
        let mut index = Index::default();
        let filed = [
            (7, 0),
            (7, 1),
            (8, 1),
            (7, 2),
            (9, 2),
            (u64::MAX, 2),
            (7 + (1 << 40), 3),
        ];
        filed
            .into_iter()
            .for_each(|(key, owner)| index.add(key, owner));
        let last = [
            (9, &[2][..]),
            (u64::MAX, &[2]),
            (7 + (1 << 40), &[3]),
            (0, &[]),
        ];
        assert_owners(
            &index,
            "filed under 7: 0, 1, 2",
            [(7, &[0, 1, 2]), (8, &[1])],
        );
        assert_owners(&index, "then", last);
        index.remove(1);
        assert_owners(&index, "when 1 has left", [(7, &[0, 2]), (8, &[])]);
        assert_owners(&index, "then", last);
        index.remove(2);
        assert_owners(
            &index,
            "when 2 has left",
            [(7, &[0]), (9, &[]), (u64::MAX, &[])],
        );
        index.remove(0);
        assert_owners(&index, "when 0 has left", [(7, &[]), (7 + (1 << 40), &[3])]);
    }

    #[measuring::test]
    fn an_owner_that_is_not_there_can_be_removed() {
        let mut index = Index::default();
        index.remove(3);
        index.add(1, 5);
        let others = (0..9).filter(|owner| *owner != 5);
        others.for_each(|owner| index.remove(owner));
        assert_owners(&index, "when others than 5 have left", [(1, &[5])]);
        index.remove(5);
        index.remove(5);
        index.add(2, 5);
        assert_owners(
            &index,
            "when 5 has left and come again",
            [(1, &[]), (2, &[5])],
        );
    }

    #[measuring::test]
    fn an_owner_that_is_filed_twice_leaves_at_once() {
        let mut index = Index::default();
        let filed = [(1, 0), (1, 4), (1, 0), (2, 0), (1, 4), (1, 0)];
        filed
            .into_iter()
            .for_each(|(key, owner)| index.add(key, owner));
        assert_owners(&index, "filed under 1: 0, 4, 0, 4, 0", [(1, &[0, 4])]);
        index.remove(0);
        assert_owners(&index, "when 0 has left", [(1, &[4]), (2, &[])]);
        index.remove(4);
        assert_owners(&index, "when 4 has left", [(1, &[])]);
    }

    /// Owners come and go in no order, and after each step everything is as in a plain set.
    #[measuring::test]
    fn owners_come_and_go_in_any_order() {
        let mut plain = BTreeMap::<u32, BTreeSet<u64>>::new();
        let (mut index, mut random) = (Index::default(), 1u64);
        for step in 0..2_000 {
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
                let what = format_args!("owners of key {key} after {step} steps");
                assert_gives(what, &owners(&index, key), &filed);
            }
        }
    }

    /// More than 16 bits count: owners, entries, and keys that are alike in half of their bits. If
    /// an `add`, a `remove` or a look-up goes through all entries, or all of a key, this takes
    /// minutes.
    #[measuring::test]
    fn seventy_thousand_stay_fast() {
        awaiting(
            "70,000 owners that come, are looked up and leave: is each searched for among all?",
        );
        let own = |client: u32| u64::from(client + 2) << [44, 22, 0][client as usize % 3];
        let add = |index: &mut Index, client| {
            index.add(own(client), client);
            index.add(ALL, client);
        };
        let mut index = Index::default();
        (0..70_000).for_each(|client| add(&mut index, client));
        for client in 0..70_000 {
            let first_two: Vec<u32> = index.owners(own(client)).take(2).collect();
            let what = format_args!("owners of a key of {client} alone");
            assert_gives(what, &first_two[..], &[client]);
        }
        // All leave and come again in no order, then leave in the order of their numbers.
        for client in (0..70_000).map(|at| at * 7_919 % 70_000) {
            index.remove(client);
            let left = index.owners(own(client)).next();
            assert_gives(
                format_args!("owners of a key that {client} left"),
                &left,
                &None,
            );
            add(&mut index, client);
        }
        assert_gives(
            "owners of the key of all",
            &owners(&index, ALL).len(),
            &70_000,
        );
        (0..70_000).for_each(|client| index.remove(client));
        assert_gives("owners when all have left", &owners(&index, ALL).len(), &0);
    }

    #[measuring::test]
    fn an_owner_with_thousands_of_keys_leaves_nothing_behind() {
        awaiting("an owner with 30,000 keys to leave");
        let mut index = filled(1_000);
        (100..30_100).for_each(|key| index.add(key, 1_000));
        assert_gives(
            "owners of key 30,099",
            &owners(&index, 30_099)[..],
            &[1_000],
        );
        index.remove(1_000);
        let left = (100..30_100).find(|key| index.owners(*key).next().is_some());
        assert_gives("a key that still has the owner", &left, &None);
        assert_gives("owners of the key of all", &owners(&index, ALL).len(), &900);
    }

    #[measuring::test]
    fn subscribers_stay_in_budget() {
        for clients in [10_000, 0, 1, 39, 625, 5_000] {
            let subscribe = || filled(black_box(clients));
            let index = budget(u64::from(clients)).assert_holds_in_process(subscribe);
            let all = (0..clients).filter(|client| client % 10 > 0).count();
            assert_gives("owners of the key of all", &owners(&index, ALL).len(), &all);
        }
    }

    #[measuring::test]
    fn changes_stay_in_budget() {
        awaiting("40,000 changes among 10,000 owners: is each searched for among all?");
        let mut index = filled(10_000);
        let mut change = |from: u32, to: u32| {
            for change in from..to {
                let client = change * 7_919 % 10_000;
                index.remove(black_box(client));
                subscribe(&mut index, client, 1 + change / 10_000);
            }
        };
        CHANGES.assert_holds(|| change(0, 20_000));
        MORE_CHANGES.assert_holds(|| change(20_000, 40_000));
        assert_gives(
            "owners of the key of all",
            &owners(&index, ALL).len(),
            &9_000,
        );
    }

    #[measuring::test]
    fn a_look_up_takes_no_allocation() {
        let index = filled(1_000);
        let look_up = || {
            (
                index.owners(black_box(ALL)).count(),
                index.owners(7).count(),
            )
        };
        let found = LOOK_UP.assert_holds(look_up);
        assert_gives("owners of the key of all, and of none", &found, &(900, 0));
    }

    #[measuring::test]
    fn nothing_is_kept_when_all_have_left() {
        let index = ALL_LEFT.assert_holds(|| {
            let mut index = filled(5_000);
            (0..5_000).for_each(|client| index.remove(black_box(client)));
            index
        });
        assert_gives("owners when all have left", &owners(&index, ALL).len(), &0);
    }
}
