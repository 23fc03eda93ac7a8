//! The same events in two ordinary encodings, in the same engine, with the same indexes, written in the same way.
//!
//! *JSON*: the JSON text under the 32-byte id; every index key has ids and keys in full and 8-byte times. *Binary*: a
//! plain binary event under an 8-byte number, which the index keys end in; public keys and tag values in full.

use std::fs;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableTable as _, ReadableTableMetadata as _, TableDefinition};
use relay::event::Event;
use relay::store::{Scratch, Snapshot, StoreError, Tid, allocated};
use serde::Serialize;

use super::Failure;
use super::progress::{Progress, grouped};

/// Events in one durable write, for both.
const GROUP: usize = 1024;
const EVENTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("events");
const INDEXES: [TableDefinition<&[u8], ()>; 6] = [
    TableDefinition::new("id"),
    TableDefinition::new("time"),
    TableDefinition::new("kind"),
    TableDefinition::new("author"),
    TableDefinition::new("author_kind"),
    TableDefinition::new("tag"),
];

/// Bytes that the events take on disk in each encoding.
#[derive(Serialize)]
pub(crate) struct Encodings {
    pub json: u64,
    pub binary: u64,
}

/// Writes both, measures them, and removes them.
pub(crate) fn encodings(snapshot: &Snapshot, folder: &Path) -> Result<Encodings, Failure> {
    Ok(Encodings {
        json: size_of(snapshot, folder.join("compare-json.redb"), json)?,
        binary: size_of(snapshot, folder.join("compare-binary.redb"), binary)?,
    })
}

/// The place of an event in an encoding: what its index keys end in.
type Encode = fn(&Event, u64, &mut Vec<u8>) -> Vec<u8>;

/// A file that is removed when it has been measured, or when that failed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn size_of(snapshot: &Snapshot, file: PathBuf, encode: Encode) -> Result<u64, Failure> {
    let file = Temporary(file);
    let _ = fs::remove_file(&file.0);
    let database = Database::create(&file.0)
        .map_err(redb::Error::from)
        .map_err(StoreError::from)?;
    fill(snapshot, &database, encode)?;
    drop(database);
    let about = fs::metadata(&file.0);
    about
        .map(|about| allocated(&about))
        .map_err(|cause| Failure::file("read", &file.0, &cause))
}

fn fill(snapshot: &Snapshot, database: &Database, encode: Encode) -> Result<(), StoreError> {
    let mut progress = Progress::new("compare");
    let total = snapshot.tables().events.len()?;
    let mut places = snapshot.tables().events.iter()?;
    let (mut event, mut scratch, mut value, mut number) =
        (Event::default(), Scratch::default(), Vec::new(), 0);
    loop {
        let transaction = database.begin_write()?;
        let before = number;
        {
            let mut events = transaction.open_table(EVENTS)?;
            let mut indexes = Vec::with_capacity(INDEXES.len());
            for index in INDEXES {
                indexes.push(transaction.open_table(index)?);
            }
            for place in places.by_ref().take(GROUP) {
                snapshot.read(Tid(place?.0.value()), &mut event, &mut scratch)?;
                number += 1;
                let end = encode(&event, number, &mut value);
                events.insert(&*end, &*value)?;
                for (index, key) in keys(&event, &end) {
                    indexes[index].insert(&*key, ())?;
                }
            }
        }
        transaction.commit()?;
        progress.set(number, total, || format!("{} events", grouped(number)));
        if number == before {
            return Ok(());
        }
    }
}

/// The keys of an event, each with the index that it belongs to.
fn keys<'a>(event: &'a Event, end: &'a [u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + 'a {
    let (time, kind) = (event.created_at.to_be_bytes(), event.kind.to_be_bytes());
    let author = event.pubkey.as_bytes();
    // An encoding whose events lie under their ids needs no index for them.
    let by_id = (end.len() < 32).then(|| (0, [event.id.as_bytes(), end].concat()));
    let fixed = [
        (1, [&time, end].concat()),
        (2, [&kind[..], &time, end].concat()),
        (3, [author, &time[..], end].concat()),
        (4, [author, &kind[..], &time, end].concat()),
    ];
    let tags = event
        .letters()
        .map(move |(letter, tag)| (5, [&[letter][..], &padded(tag), &time, end].concat()));
    by_id.into_iter().chain(fixed).chain(tags)
}

/// A tag's value in 32 bytes: ids and public keys as they are, other text cut or filled up.
fn padded(value: &str) -> [u8; 32] {
    if let Ok(id) = value.parse::<relay::event::EventId>() {
        return *id.as_bytes();
    }
    let mut bytes = [0; 32];
    let kept = value.len().min(32);
    bytes[..kept].copy_from_slice(&value.as_bytes()[..kept]);
    bytes
}

fn json(event: &Event, _: u64, value: &mut Vec<u8>) -> Vec<u8> {
    value.clear();
    event.write_json(value);
    event.id.as_bytes().to_vec()
}

/// Fixed fields as bytes, each text behind its length; a text that is 32 bytes in hex as those.
fn binary(event: &Event, number: u64, value: &mut Vec<u8>) -> Vec<u8> {
    value.clear();
    value.extend_from_slice(event.id.as_bytes());
    value.extend_from_slice(event.pubkey.as_bytes());
    value.extend_from_slice(event.sig.as_bytes());
    value.extend_from_slice(&event.created_at.to_be_bytes());
    value.extend_from_slice(&event.kind.to_be_bytes());
    value.extend_from_slice(&(event.tags().len() as u16).to_be_bytes());
    for tag in event.tags() {
        value.push(tag.items().len() as u8);
        for item in tag.items() {
            match item.parse::<relay::event::EventId>() {
                Ok(id) => {
                    value.push(0xff);
                    value.extend_from_slice(id.as_bytes());
                }
                Err(_) => {
                    value.extend_from_slice(&(item.len() as u16).to_be_bytes());
                    value.extend_from_slice(item.as_bytes());
                }
            }
        }
    }
    value.extend_from_slice(event.content().as_bytes());
    number.to_be_bytes().to_vec()
}
