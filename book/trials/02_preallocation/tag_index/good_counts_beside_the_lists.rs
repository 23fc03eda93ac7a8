//! Keeps the count of a tag beside its list, in one map.

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
    let mut lists: HashMap<&str, (usize, Vec<u32>), FixedSeed> = HashMap::default();
    for tag in events.iter().flat_map(|event| &event.tags) {
        lists.entry(tag).or_default().0 += 1;
    }
    for event in events {
        for tag in &event.tags {
            let (count, ids) = lists.get_mut(&tag[..]).expect("counted");
            ids.reserve_exact(*count - ids.len());
            ids.push(event.id);
        }
    }
    lists
        .into_iter()
        .map(|(tag, (_, ids))| (tag, ids))
        .collect()
}
