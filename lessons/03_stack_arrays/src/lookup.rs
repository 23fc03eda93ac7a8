//! Finding a name among a few: hashing it, or looking at one after the other.

use std::collections::HashMap;

use crate::params::FixedHash;

/// The same names twice: in a map and in a list.
#[derive(Debug)]
pub struct Names {
    map: HashMap<String, usize, FixedHash>,
    list: Vec<(String, usize)>,
    wanted: Vec<String>,
}

impl Names {
    /// So many names, to be looked up a thousand times, each as often as the others.
    pub fn of(count: usize) -> Self {
        let name = |number: usize| {
            let stem = ["kind", "since", "author"][number % 3];
            format!("{stem}{number}")
        };
        Self {
            map: (0..count).map(|number| (name(number), number)).collect(),
            list: (0..count).map(|number| (name(number), number)).collect(),
            wanted: (0..1_000).map(|lookup| name(lookup * 7 % count)).collect(),
        }
    }
}

// ANCHOR: hashed
/// Hashes the name, goes to its bucket, compares once.
pub fn hashed(names: &Names) -> usize {
    let found = names.wanted.iter().filter_map(|name| names.map.get(name));
    found.sum()
}
// ANCHOR_END: hashed

// ANCHOR: one_by_one
/// Compares until it fits: half of the names, on average.
pub fn one_by_one(names: &Names) -> usize {
    let number = |wanted: &String| {
        let mut list = names.list.iter();
        list.find_map(|(name, number)| (name == wanted).then_some(number))
    };
    names.wanted.iter().filter_map(number).sum()
}
// ANCHOR_END: one_by_one
