//! Queries against an oracle that scans a list, and what they cost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::event::{PublicKey, Signature};
use crate::filter::{TagFilter, Texts};
use crate::store::{Put, Store, StoreOptions};

const NOW: u64 = 1_700_000_000;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.roll() as u8)
    }
}

fn author(number: u64) -> PublicKey {
    Dice(number).bytes().into()
}

fn note(author_number: u64, kind: u16, created_at: u64, tags: &[(&str, &str)]) -> Event {
    let mut event = Event::default();
    event.pubkey = author(author_number);
    event.sig = Signature::from([7; 64]);
    (event.kind, event.created_at) = (kind, created_at);
    for &(name, value) in tags {
        event.push_tag([name, value]);
    }
    event.id = event.canonical_id();
    event
}

/// A database, and what is in it.
struct World {
    store: Store,
    events: BTreeMap<Tid, Event>,
    _folder: TempDir,
}

impl World {
    fn of(events: impl IntoIterator<Item = Event>, now: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions {
            train: crate::store::Train::Never,
            ..StoreOptions::default()
        };
        let store = Store::open(folder.path(), options).unwrap();
        let mut batch = store.begin().unwrap();
        let mut stored = BTreeMap::new();
        for event in events {
            if let Put::Stored(place) = batch.put(&event, now).unwrap() {
                stored.insert(place, event);
            }
        }
        for place in batch.commit().unwrap().removed {
            stored.remove(&place);
        }
        Self {
            store,
            events: stored,
            _folder: folder,
        }
    }

    fn query(&self, filters: &[Filter], now: u64) -> Query {
        let limits = QueryLimits {
            max_limit: 300,
            default_limit: 300,
        };
        Query::new(self.store.snapshot().unwrap(), filters.into(), now, &limits).unwrap()
    }
}

fn ids(mut query: Query) -> Vec<EventId> {
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let mut ids = Vec::new();
    while query.next(&mut event, &mut scratch).unwrap() {
        ids.push(event.id);
    }
    ids
}

fn looks(world: &World, filters: &[Filter]) -> (usize, u64) {
    let mut query = world.query(filters, NOW);
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let mut found = 0;
    while query.next(&mut event, &mut scratch).unwrap() {
        found += 1;
    }
    (found, query.looks())
}

/// NIP-01's sentences, one by one, on the plainest of types.
mod oracle {
    use super::*;

    pub fn matches(filter: &Filter, event: &Event) -> bool {
        if let Some(ids) = &filter.ids
            && !ids.contains(&event.id)
        {
            return false;
        }
        if let Some(authors) = &filter.authors
            && !authors.contains(&event.pubkey)
        {
            return false;
        }
        if let Some(kinds) = &filter.kinds
            && !kinds.contains(&event.kind)
        {
            return false;
        }
        for asked in &filter.tags {
            let mut holds = false;
            for tag in event.tags() {
                let items: Vec<&str> = tag.items().collect();
                if items.len() < 2 || items[0].as_bytes() != [asked.letter] {
                    continue;
                }
                for value in asked.values.iter() {
                    holds |= value == items[1];
                }
            }
            if !holds {
                return false;
            }
        }
        if event.created_at < filter.since.unwrap_or(0) {
            return false;
        }
        event.created_at <= filter.until.unwrap_or(u64::MAX)
    }

    fn has_expired(event: &Event, now: u64) -> bool {
        for tag in event.tags() {
            let items: Vec<&str> = tag.items().collect();
            if items.len() > 1 && items[0] == "expiration" {
                return items[1].parse::<u64>().unwrap() <= now;
            }
        }
        false
    }

    pub fn answer(world: &World, filters: &[Filter], now: u64, most: usize) -> Vec<EventId> {
        let mut answer = BTreeSet::new();
        for filter in filters {
            let mut found = Vec::new();
            for event in world.events.values() {
                if matches(filter, event) && !has_expired(event, now) {
                    found.push((Reverse(event.created_at), event.id));
                }
            }
            found.sort();
            found.truncate(filter.limit.unwrap_or(most).min(most));
            answer.extend(found);
        }
        answer.into_iter().map(|(_, id)| id).collect()
    }
}

const KINDS: [u16; 9] = [0, 1, 1, 1, 3, 7, 1111, 30_023, u16::MAX];
const LETTERS: [&str; 6] = ["e", "p", "t", "T", "d", "expiration"];
const VALUES: [&str; 7] = ["", "a", "b", "rust", "rüst", "x\ny", "zzzzzz"];

fn any_time(dice: &mut Dice) -> u64 {
    match dice.below(20) {
        0 => 1_700_000_000_000 + dice.below(3) as u64,
        1 => u64::from(u32::MAX) - 1 + dice.below(3) as u64,
        2 => dice.below(3) as u64,
        3..10 => NOW - dice.below(8) as u64,
        _ => NOW - dice.below(400) as u64,
    }
}

fn any_event(dice: &mut Dice) -> Event {
    let mut tags = Vec::new();
    for _ in 0..dice.below(5) {
        tags.push(match dice.of(&LETTERS) {
            "expiration" if dice.one_in(2) => ("expiration", "1700000005"),
            "expiration" => ("expiration", "1700000100"),
            letter => (letter, dice.of(&VALUES)),
        });
    }
    let (kind, created_at) = (dice.of(&KINDS), any_time(dice));
    note(dice.roll() % 10, kind, created_at, &tags)
}

fn any_filter(dice: &mut Dice, events: &[Event]) -> Filter {
    let mut filter = Filter::default();
    if dice.one_in(8) {
        let mut id = |_| match dice.one_in(4) {
            true => dice.bytes().into(),
            false => events[dice.below(events.len())].id,
        };
        filter.ids = Some((0..12).map(&mut id).collect());
    }
    if dice.one_in(3) {
        let some = dice.below(6);
        filter.authors = Some((0..some).map(|_| author(dice.roll() % 12)).collect());
    }
    if dice.one_in(3) {
        let some = dice.of(&[0, 1, 1, 2, 4, 40]);
        filter.kinds = Some((0..some).map(|_| dice.of(&KINDS)).collect());
        if some == 40 {
            filter
                .kinds
                .iter_mut()
                .flatten()
                .for_each(|kind| *kind ^= dice.below(4) as u16);
        }
    }
    for _ in 0..dice.of(&[0, 0, 0, 1, 1, 2]) {
        let some = dice.of(&[0, 1, 1, 2, 4]);
        filter.tags.push(TagFilter {
            letter: dice.of(b"eptTd"),
            values: (0..some).map(|_| dice.of(&VALUES)).collect(),
        });
    }
    if dice.one_in(4) {
        filter.since = Some(any_time(dice));
    }
    if dice.one_in(4) {
        filter.until = Some(any_time(dice));
    }
    if dice.one_in(2) {
        filter.limit = Some(dice.of(&[0, 1, 2, 3, 5, 8, 20, 100, 1_000]));
    }
    filter.normalise();
    filter
}

#[test]
fn random_queries_answer_as_a_scan_of_a_list_does() {
    let mut dice = Dice(1);
    let world = World::of((0..1_500).map(|_| any_event(&mut dice)), NOW);
    let events: Vec<Event> = world.events.values().cloned().collect();
    assert!(events.len() > 900, "{} are left", events.len());
    let mut scratch = Scratch::default();
    let mut rows = 0;
    for round in 0..400 {
        let many = 1 + dice.below(4);
        let filters: Vec<_> = (0..many).map(|_| any_filter(&mut dice, &events)).collect();
        let now = dice.of(&[NOW, NOW + 50, NOW + 1_000]);
        let expected = oracle::answer(&world, &filters, now, 300);
        rows += expected.len();
        assert_eq!(
            ids(world.query(&filters, now)),
            expected,
            "{round}: {filters:?}"
        );

        if round % 3 == 0 {
            let unlimited = filters.iter().map(|filter| Filter {
                limit: None,
                ..filter.clone()
            });
            let all = oracle::answer(&world, &unlimited.collect::<Vec<_>>(), now, usize::MAX);
            let snapshot = world.store.snapshot().unwrap();
            let counted = count(
                &snapshot,
                &filters,
                now,
                &mut Event::default(),
                &mut scratch,
            );
            assert_eq!(counted.unwrap(), all.len() as u64, "{round}: {filters:?}");
        }
    }
    assert!(rows > 4_000, "the filters find too little: {rows}");
}

/// What a cache would know.
struct All<'a>(&'a BTreeMap<Tid, Event>);

impl Known for All<'_> {
    fn id(&mut self, place: Tid) -> Option<EventId> {
        Some(self.0[&place].id)
    }

    fn matches(&mut self, place: Tid, filter: &Filter) -> Option<bool> {
        Some(oracle::matches(filter, &self.0[&place]))
    }
}

#[test]
fn a_query_goes_on_where_it_was_on_another_thread_and_needs_to_read_nothing_that_is_known() {
    let mut dice = Dice(2);
    let world = World::of((0..600).map(|_| any_event(&mut dice)), NOW);
    let events: Vec<Event> = world.events.values().cloned().collect();
    for _ in 0..200 {
        let filters = [
            any_filter(&mut dice, &events),
            any_filter(&mut dice, &events),
        ];
        let mut parked = Some(world.query(&filters, NOW));
        let mut found = Vec::new();
        while let Some(mut query) = parked.take() {
            let steps = dice.below(6);
            let mut known = All(&world.events);
            // The thread brings a stale event and new buffers along.
            let (left, more) = std::thread::scope(|scope| {
                let resume = move || {
                    let (mut event, mut scratch) = (note(1, 1, 1, &[]), Scratch::default());
                    for _ in 0..steps {
                        let matched = query.next_match(&mut known, &mut event, &mut scratch);
                        match matched.unwrap() {
                            None => return (None, found),
                            Some(Match { place, is_read }) => {
                                assert!(!is_read || place >= Tid::new(u64::MAX, 0));
                                found.push(known.0[&place].id);
                            }
                        }
                    }
                    (Some(query), found)
                };
                scope.spawn(resume).join().unwrap()
            });
            (parked, found) = (left, more);
        }
        assert_eq!(
            found,
            oracle::answer(&world, &filters, NOW, 300),
            "{filters:?}"
        );
    }
}

#[test]
fn a_second_with_thousands_of_events_is_in_the_order_of_ids_also_at_the_limit() {
    let crowd = (0..5_000).map(|number| note(number % 7, 1, NOW, &[("t", &number.to_string())]));
    let around = [note(1, 1, NOW - 1, &[]), note(1, 1, NOW + 1, &[])];
    let world = World::of(crowd.chain(around), NOW);
    for limit in [1, 2, 3, 100, 299, 300] {
        let filters = [
            Filter {
                limit: Some(limit),
                ..Filter::default()
            },
            Filter {
                authors: Some(vec![author(3)]),
                limit: Some(limit / 2),
                ..Filter::default()
            },
        ];
        let expected = oracle::answer(&world, &filters, NOW, 300);
        assert_eq!(ids(world.query(&filters, NOW)), expected, "{limit}");
    }
    let query = Query::new(
        world.store.snapshot().unwrap(),
        Arc::new([Filter::default()]),
        NOW,
        &QueryLimits {
            max_limit: usize::MAX,
            default_limit: usize::MAX,
        },
    );
    assert_eq!(
        ids(query.unwrap()),
        oracle::answer(&world, &[Filter::default()], NOW, usize::MAX)
    );
}

#[test]
fn a_filter_gets_the_default_where_it_does_not_say_and_the_most_where_it_asks_for_more() {
    let world = World::of((0..50).map(|at| note(1, 1, at, &[])), NOW);
    let limits = QueryLimits {
        max_limit: 10,
        default_limit: 3,
    };
    for (limit, found) in [(None, 3), (Some(2), 2), (Some(7), 7), (Some(40), 10)] {
        let filter = Filter {
            limit,
            ..Filter::default()
        };
        let snapshot = world.store.snapshot().unwrap();
        let query = Query::new(snapshot, Arc::new([filter]), NOW, &limits).unwrap();
        assert_eq!(ids(query).len(), found, "{limit:?}");
    }
}

#[test]
fn limit_zero_finds_nothing_and_looks_at_nothing() {
    let world = World::of((0..50).map(|at| note(1, 1, at, &[])), NOW);
    let none = Filter {
        limit: Some(0),
        ..Filter::default()
    };
    assert_eq!(looks(&world, &[none]), (0, 0));
}

fn filter(fill: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    fill(&mut filter);
    filter.normalise();
    filter
}

/// A busy relay in small: 20,000 events of 1,000 authors; of `t` tags one is on every event and one on ten of them.
fn busy() -> World {
    World::of(
        (0..20_000_u64).map(|number| {
            let rare = if number % 2_000 == 77 {
                "rare"
            } else {
                "usual"
            };
            let kind = [1, 6, 7, 1111, 9735][number as usize % 5];
            note(
                number % 1_000,
                kind,
                NOW - 20_000 + number,
                &[("t", "all"), ("t", rare), ("e", &(number / 10).to_string())],
            )
        }),
        NOW,
    )
}

#[test]
fn no_query_looks_at_much_more_than_the_best_index_has() {
    let world = busy();
    let all = |filter: &mut Filter| {
        filter.tags.push(TagFilter {
            letter: b't',
            values: Texts::from_iter(["all"]),
        });
    };
    let rare = |filter: &mut Filter| {
        filter.tags.push(TagFilter {
            letter: b't',
            values: Texts::from_iter(["rare"]),
        });
    };
    // Shape of filter, how many it finds, how many entries may be looked at.
    let cases: [(&str, Filter, usize, u64); 10] = [
        ("newest", filter(|f| f.limit = Some(10)), 10, 12),
        (
            "deep until",
            filter(|f| (f.until, f.limit) = (Some(NOW - 15_000), Some(10))),
            10,
            12,
        ),
        (
            "kind, deep until",
            filter(|f| (f.kinds, f.until, f.limit) = (Some(vec![7]), Some(NOW - 15_000), Some(10))),
            10,
            12,
        ),
        (
            "author and kind",
            filter(|f| (f.authors, f.kinds) = (Some(vec![author(5)]), Some(vec![1]))),
            20,
            22,
        ),
        (
            "author",
            filter(|f| f.authors = Some(vec![author(5)])),
            20,
            25,
        ),
        (
            "a tag on ten and an author's twenty",
            filter(|f| {
                f.authors = Some(vec![author(77)]);
                rare(f)
            }),
            10,
            400,
        ),
        (
            "a tag on all and one on ten",
            filter(|f| {
                all(f);
                rare(f)
            }),
            10,
            600,
        ),
        (
            "a tag on all and an author",
            filter(|f| {
                all(f);
                f.authors = Some(vec![author(9)])
            }),
            20,
            600,
        ),
        (
            "a tag on all and a kind that isn't there",
            filter(|f| {
                all(f);
                f.kinds = Some(vec![4])
            }),
            0,
            200,
        ),
        (
            "a thousand authors, ten kinds, one hour",
            filter(|f| {
                f.authors = Some((0..1_000).map(author).collect());
                f.kinds = Some((0..10).collect());
                (f.since, f.limit) = (Some(NOW - 100), Some(500));
            }),
            60,
            500,
        ),
    ];
    for (what, filter, found, most) in cases {
        let (rows, looked) = looks(&world, &[filter]);
        assert_eq!(rows, found, "{what}");
        assert!(
            looked <= most,
            "{what}: looked at {looked}, more than {most}"
        );
    }
}

#[test]
fn a_thousand_authors_and_ten_kinds_stay_small() {
    let world = busy();
    let wide = filter(|filter| {
        filter.authors = Some((0..1_000).map(author).collect());
        filter.kinds = Some((0..10).collect());
        filter.limit = Some(100);
    });
    let (found, looked) = looks(&world, std::slice::from_ref(&wide));
    assert_eq!(found, 100);
    assert!(looked < 12_000, "{looked}");
}
