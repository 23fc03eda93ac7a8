//! A relay looks events up by tag. When it starts, it indexes all events that it has: from each tag
//! to the ids of the events with that tag, in the order of the events. No event repeats a tag.
//! Example: 7: rust, memory; 3: memory → rust: 7; memory: 7, 3. Any map with `get` will do:
//! `HashMap`, `BTreeMap`, hashbrown's. The events outlive the index.
//!
//! The budget trades work for memory: our answer allocates 56 times instead of 4,287, and runs
//! +22 % instructions (callgrind, 1,000 events) for that. `cargo workbook compare tag_index` adds
//! the time.
//!
//! | measure             | budget                       | why                              |
//! |---------------------|-----------------------------:|----------------------------------|
//! | allocations         |                    tags + 20 | one list per tag, 20 for maps    |
//! | bytes               | 4 × ids + 260 × tags + 1,000 | full lists, growing maps         |
//! | live                | 4 × ids + 150 × tags + 1,000 | the index alone                  |
//! | live, index dropped |                            0 | nothing else stays               |

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
    let mut index: HashMap<String, Vec<u32>, FixedSeed> = HashMap::default();
    for event in events {
        for tag in &event.tags {
            // TODO: a tag is copied per event, and 50 lists grow step by step to a size that
            // could be known.
            index.entry(tag.to_string()).or_default().push(event.id);
        }
    }
    index
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = budget(1_000 * 4, 50);

/// So many ids in the lists of so many tags.
const fn budget(ids: u64, tags: u64) -> measuring::Budget {
    measuring::Budget::of("tag_index")
        .allocations(tags + 20)
        .bytes(4 * ids + 260 * tags + 1_000)
        .live(4 * ids as i64 + 150 * tags as i64 + 1_000)
}

fn main() {
    let events = sample(1_000);
    measuring::show(BUDGET, || index_tags(&events));
}

/// Four tags per event: a common one and three rarer ones, 50 in all.
fn sample(count: u32) -> Vec<Event> {
    let tags = |id| [id % 5, 5 + id % 9, 14 + id % 13, 27 + id % 23];
    let name = |tag| format!("topic-{tag}");
    let event = |id| Event {
        id,
        tags: tags(id).map(name).into(),
    };
    (0..count).map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::assert_gives;
    use std::collections::BTreeMap;
    use std::hint::black_box;

    fn event(id: u32, tags: &[&str]) -> Event {
        let tags = tags.iter().map(|tag| tag.to_string()).collect();
        Event { id, tags }
    }

    /// The index of these events lists what a plain walk over them lists.
    #[track_caller]
    fn assert_indexed(what: &str, events: &[Event]) {
        let mut expected = BTreeMap::<&str, Vec<u32>>::new();
        for event in events {
            for tag in &event.tags {
                expected.entry(tag).or_default().push(event.id);
            }
        }
        let index = index_tags(black_box(events));
        for (tag, ids) in &expected {
            let came = index.get(*tag).map_or(vec![], |ids| ids[..].to_vec());
            assert_gives(format_args!("the ids of {tag:?} in {what}"), &came, ids);
        }
        assert_gives(
            format_args!("the tags of {what}"),
            &index.len(),
            &expected.len(),
        );
    }

    #[measuring::test]
    fn a_tag_leads_to_its_events_in_their_order() {
        assert_indexed("no events", &[]);
        let events = [event(7, &["rust", "memory"]), event(3, &["memory"])];
        let index = index_tags(black_box(&events));
        let came = index.get("memory").map_or(vec![], |ids| ids[..].to_vec());
        assert_gives(
            "the ids of \"memory\" in 7: rust, memory; 3: memory",
            &came,
            &vec![7, 3],
        );
        assert_gives("the tags of 7: rust, memory; 3: memory", &index.len(), &2);
        assert_indexed(
            "three events, one of them without tags",
            &[
                event(u32::MAX, &["rust"]),
                event(0, &[]),
                event(65_536, &["memory", "rust"]),
            ],
        );
        for count in [1, 2, 200, 2_000] {
            assert_indexed(&format!("{count} events"), &sample(count));
        }
    }

    #[measuring::test]
    fn tags_that_differ_in_one_byte_are_two() {
        let long = "a".repeat(300);
        let ends = [
            format!("{long}x"),
            format!("{long}y"),
            format!("x{long}"),
            format!("y{long}"),
        ];
        let odd = [
            "", " ", "a", "a ", " a", "A", "a\0", "é", "e\u{301}", "É", "aa", &long,
        ];
        let tags = odd.into_iter().chain(ends.iter().map(|it| &it[..]));
        let events: Vec<_> = (0..).zip(tags).map(|(id, tag)| event(id, &[tag])).collect();
        assert_indexed("tags that are nearly equal", &events);
    }

    /// More tags than 16 bits can count.
    #[measuring::test]
    fn seventy_thousand_tags_are_indexed() {
        measuring::awaiting("an index of 70,000 tags (walk over the events twice, not per tag)");
        let begin = "a".repeat(100);
        let events: Vec<_> = (0..70_000)
            .map(|id| event(id, &[&format!("{begin}{id:08}")]))
            .collect();
        let index = index_tags(black_box(&events));
        assert_gives(
            "the tags of 70,000 events with a tag each",
            &index.len(),
            &events.len(),
        );
        for event in &events {
            let came = index
                .get(&event.tags[0][..])
                .map_or(&[][..], |ids| &ids[..]);
            assert_gives(
                format_args!("the ids of {:?}", event.tags),
                came,
                &[event.id][..],
            );
        }
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn samples_of_every_size_stay_in_budget() {
        for (count, tags) in [(1_000, 50), (0, 0), (10, 34), (2_500, 50)] {
            let events = sample(count);
            let budget = budget(4 * u64::from(count), tags);
            budget.assert_holds_in_process(|| index_tags(black_box(&events)));
            budget
                .live(0)
                .assert_holds_in_process(|| drop(index_tags(black_box(&events))));
        }
    }

    /// More ids than 16 bits can count.
    #[measuring::test]
    fn a_list_of_70_000_ids_stays_in_budget() {
        let events: Vec<_> = (0..70_000).map(|id| event(id, &["all"])).collect();
        let index = budget(70_000, 1).assert_holds(|| index_tags(black_box(&events)));
        let came = index.get("all").map_or(0, |ids| ids.len());
        assert_gives(
            "the number of ids of one tag of 70,000 events",
            &came,
            &70_000,
        );
    }
}
