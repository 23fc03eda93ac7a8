use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use proptest::prelude::*;

use super::*;
use crate::live::tests::{any_event, any_filter};
use crate::query::{Query, QueryLimits};
use crate::store::{Commit, Put, Scratch, Snapshot, Store, StoreOptions, Train};

/// A row of an answer: where it is, when it expires, and its JSON.
type Row = (Tid, u64, Vec<u8>);

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options).unwrap();
    (folder, store)
}

fn rows(snapshot: Snapshot, filters: &Arc<[Filter]>, now: u64) -> Vec<Row> {
    let limits = QueryLimits::default();
    let mut query = Query::new(snapshot, filters.clone(), now, &limits).unwrap();
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let mut rows = Vec::new();
    while let Some(found) = query.next_match(&mut (), &mut event, &mut scratch).unwrap() {
        if !found.is_read {
            let snapshot = query.snapshot();
            assert!(
                snapshot
                    .read(found.place, &mut event, &mut scratch)
                    .unwrap()
            );
        }
        let mut json = Vec::new();
        event.write_json(&mut json);
        rows.push((found.place, event.expiration().unwrap_or(u64::MAX), json));
    }
    rows
}

fn read(answer: &Answer) -> Vec<Vec<u8>> {
    let (mut context, mut room) = (Decompressor::new().unwrap(), Vec::new());
    let (mut json, mut block) = (Vec::new(), 0);
    while answer
        .read(block, &mut context, &mut room, |row| {
            json.push(row.to_vec())
        })
        .unwrap()
    {
        block += 1;
    }
    json
}

/// Asks as a reader does. Whatever the cache says must be what the snapshot has; a recording is left to be finished.
fn ask(
    queries: &Arc<Queries>,
    store: &Store,
    filters: &Arc<[Filter]>,
    now: u64,
) -> Option<Recording> {
    let snapshot = store.snapshot().unwrap();
    let commit = snapshot.commit;
    let asked = queries.find(filters, commit, now);
    let rows = rows(snapshot, filters, now);
    match asked {
        Asked::Before(answer) => {
            let fresh: Vec<_> = rows.into_iter().map(|(_, _, json)| json).collect();
            assert_eq!(read(&answer), fresh);
            None
        }
        Asked::Again => {
            let mut recording = queries.record(filters, commit);
            for (place, expires, json) in rows {
                recording.push(place, expires, &json);
            }
            Some(recording)
        }
        Asked::First => None,
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(Box<Event>, Option<u64>),
    /// Its author deletes an event that was put before.
    Delete(prop::sample::Index),
    Commit,
    /// The cache hears of a commit only now.
    Hear,
    Sweep,
    Wait(u64),
    Ask(prop::sample::Index),
    Finish(prop::sample::Index),
}

fn any_step() -> impl Strategy<Value = Step> {
    let expires = prop::option::weighted(0.3, 1u64..30);
    prop_oneof![
        4 => (any_event(), expires).prop_map(|(event, expires)| Step::Put(Box::new(event), expires)),
        1 => any::<prop::sample::Index>().prop_map(Step::Delete),
        2 => Just(Step::Commit),
        2 => Just(Step::Hear),
        1 => Just(Step::Sweep),
        1 => (1u64..6).prop_map(Step::Wait),
        12 => any::<prop::sample::Index>().prop_map(Step::Ask),
        6 => any::<prop::sample::Index>().prop_map(Step::Finish),
    ]
}

/// The relay's writer, and what it hasn't told the cache yet.
struct Writer<'a> {
    store: &'a Store,
    queries: &'a Queries,
    put: Vec<Event>,
    unheard: Option<(Commit, Vec<Event>)>,
}

impl Writer<'_> {
    fn hear(&mut self) {
        if let Some((commit, stored)) = self.unheard.take() {
            self.queries
                .committed(commit.number, &commit.removed, &stored);
        }
    }

    fn commit(&mut self, now: u64) {
        self.hear();
        let mut batch = self.store.begin().unwrap();
        let stored = self.put.drain(..);
        let stored = stored.filter(|event| matches!(batch.put(event, now), Ok(Put::Stored(_))));
        let stored = stored.collect();
        self.unheard = Some((batch.commit().unwrap(), stored));
    }

    fn sweep(&mut self, now: u64) {
        self.hear();
        let mut batch = self.store.begin().unwrap();
        if batch.sweep(now, 100).unwrap() > 0 {
            self.unheard = Some((batch.commit().unwrap(), Vec::new()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_answer_from_the_cache_is_that_of_the_database(
        filters in prop::collection::vec(prop::collection::vec((any_filter(), 0usize..6), 1..3), 3),
        steps in prop::collection::vec(any_step(), 0..150),
    ) {
        let filters: Vec<Arc<[Filter]>> = filters
            .into_iter()
            .map(|filters| filters.into_iter().map(|(filter, limit)| Filter { limit: Some(limit), ..filter }).collect())
            .collect();
        let (_folder, store) = store();
        let queries = Queries::with_budget(1 << 20, store.snapshot().unwrap().commit);
        let mut writer = Writer { store: &store, queries: &queries, put: Vec::new(), unheard: None };
        let (mut now, mut recordings, mut known) = (0, Vec::new(), Vec::<Event>::new());
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(mut event, expires) => {
                    if let Some(expires) = expires {
                        event.push_tag(["expiration", &expires.to_string()]);
                    }
                    event.push_content(&number.to_string());
                    event.id = event.canonical_id();
                    known.push((*event).clone());
                    writer.put.push(*event);
                }
                Step::Delete(which) if !known.is_empty() => {
                    let victim = &known[which.index(known.len())];
                    let mut event = Event::default();
                    (event.pubkey, event.kind, event.created_at) = (victim.pubkey, 5, number as u64);
                    event.push_tag(["e", &victim.id.to_string()]);
                    event.id = event.canonical_id();
                    writer.put.push(event);
                }
                Step::Commit => writer.commit(now),
                Step::Hear => writer.hear(),
                Step::Sweep => writer.sweep(now),
                Step::Wait(seconds) => now += seconds,
                Step::Ask(which) => {
                    recordings.extend(ask(&queries, &store, &filters[which.index(filters.len())], now));
                }
                Step::Finish(which) if !recordings.is_empty() => {
                    recordings.swap_remove(which.index(recordings.len())).finish();
                }
                Step::Delete(_) | Step::Finish(_) => {}
            }
            let Figures { bytes, budget, .. } = queries.figures();
            prop_assert!(bytes <= budget);
        }
    }
}

#[test]
fn answers_are_right_while_events_come_and_go() {
    let (_folder, store) = store();
    let queries = Queries::with_budget(1 << 20, store.snapshot().unwrap().commit);
    let kind = |kind| Filter {
        kinds: Some(vec![kind]),
        limit: Some(20),
        ..Filter::default()
    };
    // Notes come all the time, profiles are replaced now and then, and nothing changes for the others.
    let asked: Vec<Arc<[Filter]>> = (0..8).map(|number| Arc::from([kind(number)])).collect();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for reader in 0..3 {
            let (queries, store, asked, ended) = (&queries, &store, &asked, &ended);
            scope.spawn(move || {
                let mut turn = reader;
                while !ended.load(Relaxed) {
                    turn += 1;
                    if let Some(recording) = ask(queries, store, &asked[turn % asked.len()], 0) {
                        recording.finish();
                    }
                }
            });
        }
        let mut writer = Writer {
            store: &store,
            queries: &queries,
            put: Vec::new(),
            unheard: None,
        };
        for number in 0..150u64 {
            let mut event = Event::default();
            event.created_at = number;
            event.kind = match number {
                0..40 => number as u16 % 8,
                _ => u16::from(number % 4 > 0),
            };
            event.id = event.canonical_id();
            writer.put.push(event);
            writer.commit(0);
            writer.hear();
        }
        ended.store(true, Relaxed);
    });
    let Figures { hits, misses, .. } = queries.figures();
    assert!(hits > 0 && misses > 0, "{hits} hits, {misses} misses");
}

#[test]
fn what_is_never_asked_again_is_recorded_ever_more_rarely() {
    let queries = Queries::with_budget(64 << 10, 0);
    let mut recorded = 0;
    for number in 0..2_000u64 {
        let filter = Filter {
            since: Some(number),
            ..Filter::default()
        };
        let filters: Arc<[Filter]> = Arc::new([filter]);
        assert!(matches!(queries.find(&filters, 0, 0), Asked::First));
        if let Asked::Again = queries.find(&filters, 0, 0) {
            let mut recording = queries.record(&filters, 0);
            recording.push(Tid([1; 6]), u64::MAX, &[b'x'; 500]);
            recording.finish();
            recorded += 1;
        }
    }
    assert!((100..400).contains(&recorded), "{recorded}");
}

#[test]
fn a_long_answer_isnt_kept_nor_recorded_again() {
    let queries = Queries::with_budget(8 << 20, 0);
    let filters: Arc<[Filter]> = Arc::new([Filter::default()]);
    assert!(matches!(queries.find(&filters, 0, 0), Asked::First));
    assert!(matches!(queries.find(&filters, 0, 0), Asked::Again));
    let mut recording = queries.record(&filters, 0);
    for number in 0..20 {
        recording.push(Tid([number; 6]), u64::MAX, &[b'x'; 64 << 10]);
    }
    recording.finish();
    assert_eq!(queries.figures().entries, 0);
    assert!(matches!(queries.find(&filters, 0, 0), Asked::First));
    assert!(matches!(queries.find(&filters, 0, 0), Asked::First));
}

#[test]
fn an_answer_of_the_commit_before_comes_too_late_while_the_next_is_gone_through() {
    let queries = Queries::with_budget(1 << 20, 0);
    let asked = |kind| -> Arc<[Filter]> {
        Arc::new([Filter {
            kinds: Some(vec![kind]),
            ..Filter::default()
        }])
    };
    let record = |kind| {
        let mut recording = queries.record(&asked(kind), 0);
        recording.push(Tid([kind as u8; 6]), u64::MAX, b"{}");
        recording
    };
    record(2).finish();
    let mut late = Some(record(1));
    let mut event = Event::default();
    event.kind = 1;
    let stored = std::iter::repeat_n(&event, 2).inspect(|_| {
        // The first time around, the event hasn't been looked at; the second time, it has.
        if let Some(recording) = late.take_if(|_| queries.figures().misses > 0) {
            recording.finish();
        }
        queries.find(&asked(3), 0, 0);
    });
    queries.committed(1, &[], stored);
    assert!(late.is_none());
    assert!(matches!(queries.find(&asked(2), 1, 0), Asked::Before(_)));
    assert!(!matches!(queries.find(&asked(1), 1, 0), Asked::Before(_)));
}
