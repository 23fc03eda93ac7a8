//! Takes hashbrown's map with its own hasher.

#![forbid(unsafe_code)]

struct Event {
    id: u32,
    tags: Vec<String>,
}

fn index_tags(events: &[Event]) -> hashbrown::HashMap<&str, Vec<u32>> {
    let mut counts = hashbrown::HashMap::<&str, usize>::new();
    for tag in events.iter().flat_map(|event| &event.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let with_capacity = |(tag, count)| (tag, Vec::with_capacity(count));
    let mut index: hashbrown::HashMap<_, _> = counts.into_iter().map(with_capacity).collect();
    for event in events {
        for tag in &event.tags {
            index
                .get_mut(&tag[..])
                .expect("every tag was counted")
                .push(event.id);
        }
    }
    index
}
