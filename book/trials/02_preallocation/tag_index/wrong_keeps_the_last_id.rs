//! Puts a new list in the place of the old one each time it meets a tag.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_index").allocations(60).bytes(24_576);

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

fn main() {
    let events = sample(1_000);
    measuring::show(BUDGET, || index_tags(&events));
}

/// Four tags an event: a common one and three rarer ones, 50 in all.
fn sample(count: u32) -> Vec<Event> {
    let tags = |id| [id % 5, 5 + id % 9, 14 + id % 13, 27 + id % 23];
    let name = |tag| format!("topic-{tag}");
    let event = |id| Event {
        id,
        tags: tags(id).map(name).into(),
    };
    (0..count).map(event).collect()
}
