//! Remembering what was worked out once, for keys that strangers choose.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::mem;

/// A key that a stranger sends.
pub type Key = [u8; 32];

/// Keys in the order in which they are asked for.
#[derive(Debug)]
pub struct Lookups(Vec<Key>);

impl Lookups {
    /// Every key comes once and never again.
    pub fn strangers(count: u64) -> Self {
        Self((0..count).map(key).collect())
    }

    /// The same five hundred keys, over and over.
    pub fn regulars(count: u64) -> Self {
        Self((0..count).map(|number| key(number % 500)).collect())
    }
}

fn key(number: u64) -> Key {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key
}

/// What is remembered: in a service, the answer of a database.
pub type Profile = Box<[u8]>;

fn work_out(key: &Key) -> Profile {
    vec![key[7]; 100].into()
}

/// Hashes the same in every run, so that the figures do too.
type Map = HashMap<Key, Profile, BuildHasherDefault<DefaultHasher>>;

/// The service afterwards, with whatever it remembers. Steps are compared by their answers.
#[derive(Debug)]
pub struct Remembered {
    answers: u64,
    young: Map,
    old: Map,
}

impl Remembered {
    /// Profiles that it holds.
    pub fn profiles(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

impl PartialEq for Remembered {
    fn eq(&self, other: &Self) -> bool {
        self.answers == other.answers
    }
}

fn sum(profile: &Profile) -> u64 {
    profile.iter().copied().map(u64::from).sum()
}

// ANCHOR: unbounded
/// A map that only ever grows: a cache without a bound is a leak with a good name.
pub fn unbounded(lookups: &Lookups) -> Remembered {
    let mut young = Map::default();
    let mut answers = 0;
    for key in &lookups.0 {
        answers += sum(young.entry(*key).or_insert_with(|| work_out(key)));
    }
    Remembered {
        answers,
        young,
        old: Map::default(),
    }
}
// ANCHOR_END: unbounded

// ANCHOR: generations
/// Two generations: new and used profiles go into the young one. When that is
/// full, it becomes the old one, and what was in the old one is dropped.
fn two_generations(most: usize, lookups: &Lookups) -> Remembered {
    let (mut young, mut old) = (Map::default(), Map::default());
    let mut answers = 0;
    for key in &lookups.0 {
        if !young.contains_key(key) {
            if young.len() >= most / 2 {
                mem::swap(&mut young, &mut old);
                young.clear();
            }
            let profile = old.remove(key).unwrap_or_else(|| work_out(key));
            young.insert(*key, profile);
        }
        answers += young.get(key).map_or(0, sum);
    }
    Remembered {
        answers,
        young,
        old,
    }
}

/// At most a thousand profiles.
pub fn bounded(lookups: &Lookups) -> Remembered {
    two_generations(1_000, lookups)
}
// ANCHOR_END: generations

/// At most a hundred profiles: too few for five hundred regulars, so each comes back to find itself forgotten.
pub fn too_small(lookups: &Lookups) -> Remembered {
    two_generations(100, lookups)
}
