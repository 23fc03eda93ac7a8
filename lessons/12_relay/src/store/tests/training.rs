use super::super::dictionary::{self, Samples};
use super::super::{Drafter, Drafts, Scratch};
use super::*;
use crate::generate::Generator;
use redb::ReadableTableMetadata;

#[test]
fn a_dictionary_is_trained_between_batches_or_beside_them_and_all_records_stay_readable() {
    for train in [Train::Between, Train::Beside] {
        let folder = tempfile::tempdir().unwrap();
        let trained = StoreOptions { train, ..options() };
        let store = Store::open(folder.path(), trained.clone()).unwrap();
        let events: Vec<_> = Generator::new(3).take(500).collect();
        let mut first = None;
        for batch in events.chunks(50) {
            let mut writing = store.begin().unwrap();
            for event in batch {
                let put = writing.put(event, 0).unwrap();
                if first.is_none()
                    && let Put::Stored(tid) = put
                {
                    first = Some((tid, store.snapshot().unwrap()));
                }
            }
            writing.commit().unwrap();
        }
        // A snapshot from before anything was stored doesn't see what came later.
        let (tid, before) = first.unwrap();
        assert!(
            !before
                .read(tid, &mut Event::default(), &mut Scratch::default())
                .unwrap()
        );
        drop(before);
        let stored = ids(&store);
        // Waits for the training that is under way.
        drop(store);
        let store = Store::open(folder.path(), trained).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert_eq!(
            snapshot.tables().dictionaries.len().unwrap(),
            1,
            "{train:?}"
        );
        assert_eq!(ids(&store), stored);
        assert_eq!(check(&store).findings, []);
    }
}

/// Verifiers prepare events while a dictionary is trained: what they made under the one before is stored as it is.
#[test]
fn a_draft_is_good_under_an_older_dictionary() {
    let trained = StoreOptions {
        train: Train::Between,
        ..options()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), trained).unwrap();
    let events: Vec<_> = Generator::new(8).take(900).collect();
    let (mut drafter, mut drafts) = (Drafter::default(), Drafts::default());
    for event in &events[..600] {
        store.draft(event, &mut drafter, &mut drafts).unwrap();
    }
    let mut stored = 0;
    for (start, batch) in (0..).step_by(300).zip(events.chunks(300)) {
        let mut writing = store.begin().unwrap();
        for (index, event) in (start..).zip(batch) {
            let put = match drafts.get(index) {
                Some(draft) => writing.put_draft(event, draft, 0),
                None => writing.put(event, 0),
            };
            stored += usize::from(matches!(put.unwrap(), Put::Stored(_)));
        }
        writing.commit().unwrap();
    }
    assert!(drafts.get(600).is_none() && stored > 850, "{stored}");
    assert!(
        store
            .snapshot()
            .unwrap()
            .tables()
            .dictionaries
            .len()
            .unwrap()
            > 0
    );
    assert_eq!(check(&store).findings, []);
    let (mut read, mut scratch) = (Event::default(), Scratch::default());
    let snapshot = store.snapshot().unwrap();
    let mut batch = store.begin().unwrap();
    let mut found = Event::default();
    for event in events
        .iter()
        .filter(|event| event.class() == crate::event::Class::Regular)
    {
        let tid = batch.find(&event.id, &mut found).unwrap();
        if let Some(tid) = tid {
            assert!(snapshot.read(tid, &mut read, &mut scratch).unwrap());
            assert_eq!(read, *event);
        }
    }
}

/// The library of the dictionaries takes seven bytes off what it learns from without a look, then divides by the rest.
#[test]
fn hardly_any_text_is_nothing_to_learn_from() {
    for first in 0..12 {
        let mut samples = Samples::default();
        samples.push(&[b'x'; 12][..first]);
        (0..9).for_each(|_| samples.push(b""));
        (0..3).for_each(|_| samples.push(&[b'y'; 500]));
        assert!(dictionary::train(&samples, 4_096).is_err(), "{first}");
    }
}

#[test]
fn compacting_makes_it_smaller_and_keeps_every_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    let mut batch = store.begin().unwrap();
    for event in Generator::new(5).take(600) {
        batch.put(&event, 0).unwrap();
    }
    let commit = batch.commit().unwrap();
    let (before, live) = (ids(&store), store.stats().unwrap());
    assert_eq!(live.events, before.len() as u64);
    drop(store);
    let mut heard = Vec::new();
    let done = Store::compact(folder.path(), options(), &mut |progress| {
        heard.push(progress)
    })
    .unwrap();
    assert_eq!(done.events, live.events);
    assert!(done.after < done.before, "{done:?}");
    assert!(
        heard
            .iter()
            .any(|progress| progress.doing == "writing" && progress.done == live.events)
    );
    let store = Store::open(folder.path(), options()).unwrap();
    assert_eq!(ids(&store), before);
    assert_eq!(check(&store).findings, []);
    assert!(store.snapshot().unwrap().commit > commit.number);
    let compact = store.stats().unwrap();
    assert_eq!(
        (compact.json_bytes, compact.binary_bytes),
        (live.json_bytes, live.binary_bytes)
    );
    assert!(compact.record_bytes < live.record_bytes);
    let others = tempfile::tempdir().unwrap();
    let others = store.compare(others.path(), 64).unwrap();
    assert_eq!(others.events, live.events);
    assert!(others.json_bytes > others.binary_bytes && others.binary_bytes > done.before);
}

#[test]
fn too_little_to_learn_from_is_no_crash() {
    use super::super::dictionary::Samples;
    use super::super::training::learn;

    for (count, text) in [
        (0, ""),
        (3, "a few letters"),
        (99, "the same again"),
        (200, "12345678"),
    ] {
        let mut samples = Samples::default();
        for _ in 0..count {
            samples.push(text.as_bytes());
        }
        assert!(learn(&samples).is_err(), "{count} of {text:?}");
    }
}
