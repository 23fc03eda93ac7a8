//! Puts a new list in the place of the old one each time it meets a tag.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

struct Event {
    id: u32,
    tags: Vec<String>,
}

/// Hashes the same in every run, so that the figures do too. A relay that strangers write to needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

fn index_tags(events: &[Event]) -> HashMap<&str, Vec<u32>, FixedSeed> {
    let mut index: HashMap<&str, Vec<u32>, FixedSeed> = HashMap::default();
    for event in events {
        for tag in &event.tags {
            index.insert(tag, vec![event.id]);
        }
    }
    index
}
