//! Counts up to 65,535, so that longer lists grow.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

struct Event {
    id: u32,
    tags: Vec<String>,
}

/// Hashes the same in every run, so the counts repeat. With untrusted tags use std's random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

fn index_tags(events: &[Event]) -> HashMap<&str, Vec<u32>, FixedSeed> {
    let mut counts: HashMap<&str, u16, FixedSeed> = HashMap::default();
    for tag in events.iter().flat_map(|event| &event.tags) {
        let count = counts.entry(tag).or_default();
        *count = count.saturating_add(1);
    }
    // A map knows how many entries it has, so `collect` makes the index in its final size.
    let with_capacity = |(tag, count): (_, u16)| (tag, Vec::with_capacity(count.into()));
    let mut index: HashMap<&str, Vec<u32>, FixedSeed> =
        counts.into_iter().map(with_capacity).collect();
    for event in events {
        for tag in &event.tags {
            index.entry(tag).or_default().push(event.id);
        }
    }
    index
}
