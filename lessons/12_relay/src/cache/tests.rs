use std::collections::{BTreeMap, HashMap};

use pooling::Recycle;
use proptest::prelude::*;

use super::*;
use crate::event::{Event, EventId};
use crate::filter::{Filter, TagFilter};
use crate::live::tests::{any_event, any_filter};
use crate::query::Known as _;
use crate::store::tables::Tid;

fn place(number: u8) -> Tid {
    Tid([number % 2, 0, 0, 0, 0, number])
}

fn json(event: &Event) -> Vec<u8> {
    let mut json = Vec::new();
    event.write_json(&mut json);
    json
}

/// Few ids that meet in few sets.
fn id(number: u8) -> EventId {
    let mut id = [0; 32];
    (id[0], id[31]) = (number % 16, number);
    EventId::new(id)
}

proptest! {
    /// Yes means that it is there; what is removed is gone; what was just added is known.
    #[test]
    fn recent_never_says_a_wrong_yes(steps in prop::collection::vec((0u8..6, any::<u8>()), 0..400)) {
        let recent = Recent::with_budget(0);
        let mut stored = BTreeMap::new();
        for (step, number) in steps {
            match step {
                0..3 => {
                    recent.insert(&id(number), place(number));
                    prop_assert!(recent.contains(&id(number)));
                    stored.insert(number, ());
                }
                3 => {
                    recent.remove(&[place(number), place(number.wrapping_add(1))]);
                    stored.remove(&number);
                    stored.remove(&number.wrapping_add(1));
                    prop_assert!(!recent.contains(&id(number)));
                }
                _ => prop_assert!(!recent.contains(&id(number)) || stored.contains_key(&number)),
            }
            let Figures { entries, bytes, budget, .. } = recent.figures();
            prop_assert!(entries <= 32 && bytes == budget && bytes == 32 * Recent::BYTES_EACH);
        }
        let known = (0..=255).filter(|number| recent.contains(&id(*number)));
        prop_assert_eq!(known.count(), recent.figures().entries);
    }

    /// What is cached of an event decides like the event, escapes or not.
    #[test]
    fn a_cached_event_matches_like_the_event(event in any_event(), filter in any_filter()) {
        let events = Events::with_budget(1 << 20);
        events.insert(place(0), 1, &event, &json(&event));
        let cached = |cached: &Cached| {
            let found = (*cached.id(), cached.created_at());
            assert_eq!(found, (event.id, event.created_at));
            assert_eq!(cached.json(), json(&event));
            cached.matches(&filter)
        };
        prop_assert_eq!(events.get(place(0), 1, cached), Some(filter.matches(&event)));
    }

    /// A store that gives places to other events when they are free again, readers that look at any of its states, and
    /// readers that come back with what they read when it may be gone.
    #[test]
    fn events_are_never_stale(
        steps in prop::collection::vec((0u8..6, 0u8..8, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..200),
        budget in prop_oneof![Just(40_000usize), Just(1 << 20)],
    ) {
        let events = Events::with_budget(budget);
        let mut states: Vec<HashMap<Tid, Event>> = vec![HashMap::new()];
        let mut read: Vec<(Tid, usize, Event)> = Vec::new();
        let mut unheard: Vec<Tid> = Vec::new();
        for (number, (step, at, which, other)) in steps.into_iter().enumerate() {
            let (now, place) = (states.len() - 1, place(at));
            match step {
                // A commit, before which the last one has been heard of.
                0 => {
                    events.remove(&unheard, now as u64);
                    unheard.clear();
                    let mut state = states[now].clone();
                    if state.remove(&place).is_some() {
                        unheard.push(place);
                    } else {
                        let mut event = Event::default();
                        event.created_at = number as u64;
                        event.kind = number as u16 + 1;
                        event.push_content(&"long ".repeat(usize::from(at) * 10));
                        state.insert(place, event);
                    }
                    states.push(state);
                }
                1 => {
                    events.remove(&unheard, now as u64);
                    unheard.clear();
                }
                2 if !read.is_empty() => {
                    let (place, snapshot, event) = read.swap_remove(other.index(read.len()));
                    events.insert(place, snapshot as u64, &event, &json(&event));
                    events.known(snapshot as u64).learn_kind(place, event.kind);
                }
                _ => {
                    let snapshot = which.index(states.len());
                    let expected = states[snapshot].get(&place);
                    let kind = events.known(snapshot as u64).kind(place);
                    if let (Some(kind), Some(event)) = (kind, expected) {
                        prop_assert_eq!(kind, event.kind);
                    }
                    let found = events.get(place, snapshot as u64, |cached| cached.json().to_vec());
                    match (found, expected) {
                        // Nobody asks for a place that its snapshot doesn't have.
                        (_, None) => {}
                        (None, Some(event)) => read.push((place, snapshot, event.clone())),
                        (Some(found), Some(event)) => prop_assert_eq!(found, json(event)),
                    }
                }
            }
            prop_assert!(events.figures().bytes <= budget);
        }
    }
}

#[test]
fn what_is_used_stays_and_the_budget_holds() {
    let events = Events::with_budget(256 << 10);
    let mut event = Event::default();
    let (used, mut kept) = (place(1), 0);
    for number in 0..3_000u32 {
        let [a, b, c, d] = number.to_be_bytes();
        event.clear();
        event.created_at = u64::from(number);
        event.push_tag(["t", "topic"]);
        event.push_content(&"x".repeat(number as usize % 700));
        let place = if number == 0 {
            used
        } else {
            Tid([a, b, c, d, 9, 9])
        };
        events.insert(place, 1, &event, &json(&event));
        kept += usize::from(events.get(used, 1, |_| ()).is_some());
        assert!(events.figures().bytes <= 256 << 10);
    }
    let figures = events.figures();
    assert_eq!((kept, figures.hits, figures.misses), (3_000, 3_000, 0));
    assert!(
        figures.entries > 200 && figures.entries < 1_000,
        "{figures:?}"
    );
    assert!(figures.bytes > 200 << 10, "{figures:?}");

    let nothing = Events::with_budget(0);
    nothing.insert(used, 1, &event, &json(&event));
    assert_eq!(nothing.figures().entries, 0);
}

#[test]
fn many_escaped_values_are_found() {
    let mut event = Event::default();
    for number in 0..1_443 {
        event.push_tag(["t", &format!("\"{number}\n")]);
        event.push_tag(["t", "[\"t\",\"0"]);
        event.push_tag(["t"]);
    }
    event.push_content("[\"t\",\"no tag\"]");
    let events = Events::with_budget(64 << 20);
    events.insert(place(0), 0, &event, &json(&event));
    let wanted = |value: &str| {
        let values = [value].into_iter().collect();
        let tags = vec![TagFilter {
            letter: b't',
            values,
        }];
        let filter = Filter {
            tags,
            ..Filter::default()
        };
        events
            .get(place(0), 0, |cached| cached.matches(&filter))
            .unwrap()
    };
    assert!(wanted("\"1442\n") && wanted("[\"t\",\"0"));
    assert!(!wanted("no tag") && !wanted("\"1443\n"));
}
