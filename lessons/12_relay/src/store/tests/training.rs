use super::super::Scratch;
use super::super::dictionary::{self, Samples};
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
