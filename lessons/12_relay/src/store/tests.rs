mod damage;
mod model;
mod rules;
mod training;

use super::{Put, Store, StoreOptions, Train};
use crate::event::{Event, EventId, PublicKey};
use crate::upkeep::Report;
use tempfile::TempDir;

const US: &str = "wss://relay.example/";

fn options() -> StoreOptions {
    StoreOptions {
        relay_urls: vec![US.to_owned()],
        train: Train::Never,
        ..StoreOptions::default()
    }
}

fn new() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    (folder, store)
}

fn author(number: u8) -> PublicKey {
    PublicKey::new([number; 32])
}

/// An event with everything but a valid signature: the store leaves that to others.
fn event(by: u8, kind: u16, created_at: u64, tags: &[&[&str]], content: &str) -> Event {
    let mut event = Event::default();
    event.pubkey = author(by);
    event.created_at = created_at;
    event.kind = kind;
    for tag in tags {
        event.push_tag(tag.iter().copied());
    }
    event.push_content(content);
    event.id = event.canonical_id();
    event
}

/// In a batch of its own.
fn put(store: &Store, event: &Event) -> Put {
    let mut batch = store.begin().unwrap();
    let put = batch.put(event, 0).unwrap();
    batch.commit().unwrap();
    put
}

/// All ids, sorted.
fn ids(store: &Store) -> Vec<EventId> {
    let snapshot = store.snapshot().unwrap();
    let (mut event, mut scratch) = (Event::default(), super::Scratch::default());
    let mut ids = Vec::new();
    for entry in snapshot.tables().events.range::<[u8; 6]>(..).unwrap() {
        let tid = super::Tid(entry.unwrap().0.value());
        assert!(snapshot.read(tid, &mut event, &mut scratch).unwrap());
        let key = super::tables::key(snapshot.id_key(&event.id), tid);
        assert!(snapshot.tables().by_id.get(key).unwrap().is_some());
        ids.push(event.id);
    }
    ids.sort();
    ids
}

fn sorted(events: &[&Event]) -> Vec<EventId> {
    let mut ids: Vec<_> = events.iter().map(|event| event.id).collect();
    ids.sort();
    ids
}

fn check(store: &Store) -> Report {
    store.check(false, &mut |_, _| {}).unwrap()
}
