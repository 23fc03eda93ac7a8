//! Counts first, and makes a `String` for each tag of the index, though the events have it.

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
    let mut counts: HashMap<&str, usize, FixedSeed> = HashMap::default();
    for tag in events.iter().flat_map(|event| &event.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    // A map knows how many entries it has, so `collect` makes the index in its final size.
    let with_room = |(tag, count)| (str::to_string(tag), Vec::with_capacity(count));
    let mut index: HashMap<String, Vec<u32>, FixedSeed> =
        counts.into_iter().map(with_room).collect();
    for event in events {
        for tag in &event.tags {
            if let Some(ids) = index.get_mut(tag) {
                ids.push(event.id);
            }
        }
    }
    index
}
