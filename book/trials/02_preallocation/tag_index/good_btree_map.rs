//! Counts and indexes in trees.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;

struct Event {
    id: u32,
    tags: Vec<String>,
}

fn index_tags(events: &[Event]) -> BTreeMap<&str, Vec<u32>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in events.iter().flat_map(|event| &event.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    // A map knows how many entries it has, so `collect` makes the index in its final size.
    let with_room = |(tag, count)| (tag, Vec::with_capacity(count));
    let mut index: BTreeMap<&str, Vec<u32>> = counts.into_iter().map(with_room).collect();
    for event in events {
        for tag in &event.tags {
            index.entry(tag).or_default().push(event.id);
        }
    }
    index
}
