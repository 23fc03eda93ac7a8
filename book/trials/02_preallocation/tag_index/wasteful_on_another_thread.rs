//! Runs the code as shipped on another thread.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

struct Event {
    id: u32,
    tags: Vec<String>,
}

/// Hashes the same in every run, so the counts repeat. With untrusted tags use std's random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

fn index_tags(events: &[Event]) -> HashMap<String, Vec<u32>, FixedSeed> {
    std::thread::scope(|scope| scope.spawn(|| hidden(events)).join().unwrap())
}

fn hidden(events: &[Event]) -> HashMap<String, Vec<u32>, FixedSeed> {
    let mut index: HashMap<String, Vec<u32>, FixedSeed> = HashMap::default();
    for event in events {
        for tag in &event.tags {
            index.entry(tag.to_string()).or_default().push(event.id);
        }
    }
    index
}
