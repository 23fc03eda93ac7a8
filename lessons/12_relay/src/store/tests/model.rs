//! Random sequences against a list that is gone through from end to end.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::event::Class;

#[derive(Clone, Debug)]
enum Step {
    Put(Event),
    /// An event that was there before, once more.
    Again(usize),
    /// A deletion of one that was there before, by this author, by id or address.
    Delete(usize, u8, u64, bool),
    Sweep(u64),
    Reopen,
    Compact,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = prop::sample::select(vec![
        0u16, 1, 1, 1, 3, 62, 1059, 10_002, 30_000, 30_000, 30_023,
    ]);
    let tags = prop::collection::vec(
        prop_oneof![
            prop::sample::select(vec!["", "x", "y"])
                .prop_map(|d| vec!["d".to_owned(), d.to_owned()]),
            (0u8..4).prop_map(|by| vec!["p".to_owned(), author(by).to_string()]),
            (1u64..40).prop_map(|at| vec!["expiration".to_owned(), at.to_string()]),
            prop::sample::select(vec![US, "ALL_RELAYS", "wss://x"])
                .prop_map(|url| vec!["relay".to_owned(), url.to_owned()]),
            Just(vec!["d".to_owned()]),
        ],
        0..3,
    );
    let fresh = (0u8..4, kinds, 0u64..20, tags, 0u8..3).prop_map(|(by, kind, at, tags, text)| {
        let tags: Vec<Vec<&str>> = tags
            .iter()
            .map(|tag| tag.iter().map(String::as_str).collect())
            .collect();
        let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
        Step::Put(event(by, kind, at, &tags, &"x".repeat(usize::from(text))))
    });
    let step = prop_oneof![
        24 => fresh,
        4 => any::<usize>().prop_map(Step::Again),
        6 => (any::<usize>(), 0u8..4, 0u64..20, any::<bool>())
            .prop_map(|(which, by, at, address)| Step::Delete(which, by, at, address)),
        2 => (0u64..40).prop_map(Step::Sweep),
        1 => Just(Step::Reopen),
        1 => Just(Step::Compact),
    ];
    prop::collection::vec(step, 1..60)
}

#[derive(Default)]
struct Model {
    events: Vec<Event>,
    now: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Became {
    Stored,
    Not(&'static str),
}

impl Model {
    fn vanished(&self, key: &PublicKey, at: u64) -> bool {
        self.events.iter().any(|request| {
            let ours = |tag: &str| matches!(tag, US | "ALL_RELAYS");
            let named = request
                .tags()
                .any(|tag| tag.name() == "relay" && tag.value().is_some_and(ours));
            request.kind == 62 && request.pubkey == *key && request.created_at >= at && named
        })
    }

    /// Whether an event is a gift wrap for somebody.
    fn wraps(key: &PublicKey, event: &Event) -> bool {
        let key = key.to_string();
        event.kind == 1059 && event.letters().any(|tag| tag == (b'p', key.as_str()))
    }

    /// Whether a deletion says that an event must go.
    fn deletes(deletion: &Event, event: &Event) -> bool {
        let address = match event.class() {
            Class::Replaceable => format!("{}:{}:", event.kind, event.pubkey),
            Class::Addressable => format!("{}:{}:{}", event.kind, event.pubkey, event.identifier()),
            _ => String::new(),
        };
        let may = deletion.pubkey == event.pubkey || Self::wraps(&deletion.pubkey, event);
        deletion.kind == 5
            && may
            && !matches!(event.kind, 5 | 62)
            && deletion.tags().any(|tag| match (tag.name(), tag.value()) {
                ("e", Some(id)) => id == event.id.to_string(),
                ("a", Some(named)) => {
                    !address.is_empty()
                        && named == address
                        && event.created_at <= deletion.created_at
                }
                _ => false,
            })
    }

    fn put(&mut self, event: &Event) -> Became {
        if event.expiration().is_some_and(|at| at <= self.now) {
            return Became::Not("expired");
        }
        if self.events.iter().any(|other| other.id == event.id) {
            return Became::Not("duplicate");
        }
        let concerned = (0..4)
            .map(author)
            .filter(|key| *key == event.pubkey || Self::wraps(key, event));
        if concerned
            .into_iter()
            .any(|key| self.vanished(&key, event.created_at))
        {
            return Became::Not("vanished");
        }
        if self
            .events
            .iter()
            .any(|deletion| Self::deletes(deletion, event))
        {
            return Became::Not("deleted");
        }
        let same = |other: &Event| {
            other.pubkey == event.pubkey
                && other.kind == event.kind
                && match event.class() {
                    Class::Replaceable => true,
                    Class::Addressable => other.identifier() == event.identifier(),
                    _ => false,
                }
        };
        let newer = |other: &Event| {
            other.created_at > event.created_at
                || (other.created_at == event.created_at && other.id < event.id)
        };
        if self.events.iter().any(|other| same(other) && newer(other)) {
            return Became::Not("superseded");
        }
        self.events.retain(|other| !same(other));
        self.events.retain(|other| !Self::deletes(event, other));
        self.events.push(event.clone());
        if self.vanished(&event.pubkey, event.created_at) {
            let (key, at) = (event.pubkey, event.created_at);
            self.events.retain(|other| {
                other.id == event.id
                    || other.created_at > at
                    || !(other.pubkey == key || Self::wraps(&key, other))
            });
        }
        Became::Stored
    }
}

fn became(put: Put) -> Became {
    match put {
        Put::Stored(_) => Became::Stored,
        Put::Duplicate => Became::Not("duplicate"),
        Put::Superseded => Became::Not("superseded"),
        Put::Deleted => Became::Not("deleted"),
        Put::Vanished => Became::Not("vanished"),
        Put::Expired => Became::Not("expired"),
        Put::Refused(why) => Became::Not(why),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Batches end at random, so that rules meet events of the same batch and of earlier ones.
    #[test]
    fn the_store_holds_what_the_rules_say(steps in steps(), ends in prop::collection::vec(any::<bool>(), 60)) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Some(Store::open(folder.path(), options()).unwrap());
        let mut model = Model::default();
        let mut seen: Vec<Event> = Vec::new();
        let mut batch = None;
        for (step, end) in steps.into_iter().zip(ends) {
            let event = match step {
                Step::Put(event) => event,
                Step::Again(which) if !seen.is_empty() => seen[which % seen.len()].clone(),
                Step::Delete(which, by, at, address) if !seen.is_empty() => {
                    let target = &seen[which % seen.len()];
                    let address = address.then(|| format!("{}:{}:{}", target.kind, target.pubkey, target.identifier()));
                    let id = target.id.to_string();
                    let tag = address.as_ref().map_or(["e", &id], |address| ["a", address]);
                    super::event(by, 5, at, &[&tag], "")
                }
                Step::Sweep(now) => {
                    model.now = model.now.max(now);
                    let mut open = batch.take().unwrap_or_else(|| store.as_ref().unwrap().begin().unwrap());
                    let before = model.events.len();
                    model.events.retain(|event| event.expiration().is_none_or(|at| at > model.now));
                    prop_assert_eq!(open.sweep(model.now, 1000).unwrap(), before - model.events.len());
                    batch = Some(open);
                    continue;
                }
                Step::Reopen | Step::Compact => {
                    batch.take().map(super::super::Batch::commit);
                    drop(store.take());
                    if matches!(step, Step::Compact) {
                        Store::compact(folder.path(), options(), &mut |_| {}).unwrap();
                    }
                    let open = store.insert(Store::open(folder.path(), options()).unwrap());
                    prop_assert_eq!(ids(open), sorted(&model.events.iter().collect::<Vec<_>>()));
                    prop_assert_eq!(check(open).findings, []);
                    continue;
                }
                _ => continue,
            };
            let mut open = batch.take().unwrap_or_else(|| store.as_ref().unwrap().begin().unwrap());
            let put = open.put(&event, model.now).unwrap();
            prop_assert_eq!(became(put), model.put(&event), "{:?}", event);
            seen.push(event);
            if end {
                open.commit().unwrap();
                let store = store.as_ref().unwrap();
                prop_assert_eq!(ids(store), sorted(&model.events.iter().collect::<Vec<_>>()));
            } else {
                batch = Some(open);
            }
        }
        batch.take().map(super::super::Batch::commit);
        let store = store.unwrap();
        let distinct: HashSet<_> = ids(&store).into_iter().collect();
        prop_assert_eq!(distinct.len(), model.events.len());
        let mut left = ids(&store);
        left.dedup();
        prop_assert_eq!(left, sorted(&model.events.iter().collect::<Vec<_>>()));
        prop_assert_eq!(check(&store).findings, []);
    }
}
