//! Numbers the tags in 16 bits while it counts, so that tag 65,536 shares a list with tag 0.

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
    let mut numbers: HashMap<&str, u16, FixedSeed> = HashMap::default();
    let mut lists = Vec::<(&str, usize, Vec<u32>)>::new();
    for tag in events.iter().flat_map(|event| &event.tags) {
        let number = *numbers.entry(tag).or_insert(lists.len() as u16);
        match lists.get_mut(usize::from(number)) {
            Some(list) => list.1 += 1,
            None => lists.push((tag, 1, Vec::new())),
        }
    }
    for event in events {
        for tag in &event.tags {
            let (_, count, ids) = &mut lists[usize::from(numbers[&tag[..]])];
            ids.reserve_exact(*count - ids.len());
            ids.push(event.id);
        }
    }
    lists.into_iter().map(|(tag, _, ids)| (tag, ids)).collect()
}
