//! The same events as others store them, in the same engine: what the compact form is measured against.

use std::path::Path;

use redb::{Database, TableDefinition, WriteTransaction};
use serde::Serialize;

use crate::event::Event;
use crate::store::tables::Bytes;
use crate::store::{Scratch, Store, StoreError, Tid, allocated};

type Keys<const N: usize> = TableDefinition<'static, Bytes<N>, ()>;

const JSON: TableDefinition<Bytes<32>, &[u8]> = TableDefinition::new("events");
const JSON_BY_TIME: Keys<40> = TableDefinition::new("by_time");
const JSON_BY_KIND: Keys<42> = TableDefinition::new("by_kind");
const JSON_BY_AUTHOR: Keys<72> = TableDefinition::new("by_author");
const JSON_BY_AUTHOR_KIND: Keys<74> = TableDefinition::new("by_author_kind");
const BINARY: TableDefinition<Bytes<8>, &[u8]> = TableDefinition::new("events");
const BINARY_BY_ID: Keys<40> = TableDefinition::new("by_id");
const BINARY_BY_TIME: Keys<16> = TableDefinition::new("by_time");
const BINARY_BY_KIND: Keys<18> = TableDefinition::new("by_kind");
const BINARY_BY_AUTHOR: Keys<48> = TableDefinition::new("by_author");
const BINARY_BY_AUTHOR_KIND: Keys<50> = TableDefinition::new("by_author_kind");
const BY_TAG: TableDefinition<&[u8], ()> = TableDefinition::new("by_tag");

/// What the events take in other forms, on the disk, all indexes and free pages included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// How many events.
    pub events: u64,
    /// As JSON under the 32-byte id, with ids and keys of 32 bytes and times of 8 in the indexes; in bytes.
    pub json_bytes: u64,
    /// In plain binary under a number of 8 bytes, with keys of 32 bytes in the indexes; in bytes.
    pub binary_bytes: u64,
}

impl Store {
    /// Stores all events in both forms in files of a folder, so many in a commit, and says how large those grew.
    ///
    /// # Errors
    ///
    /// Where one of the files can't be read or written.
    pub fn compare(&self, folder: &Path, batch: usize) -> Result<Comparison, StoreError> {
        let snapshot = self.snapshot()?;
        let files = [folder.join("json.redb"), folder.join("binary.redb")];
        let [json, binary] = files.each_ref().map(|file| {
            let created = redb::Builder::new().set_cache_size(8 << 20).create(file);
            created.map_err(|error| StoreError::opening(file, error))
        });
        let (json, binary) = (json?, binary?);
        let mut done = Comparison::default();
        let (mut scratch, mut events) = (Scratch::default(), Vec::new());
        for entry in snapshot.tables().events.range::<[u8; 6]>(..)? {
            let mut event = Event::default();
            snapshot.read(Tid(entry?.0.value()), &mut event, &mut scratch)?;
            events.push(event);
            if events.len() == batch {
                store(&json, &binary, &events, done.events)?;
                done.events += events.len() as u64;
                events.clear();
            }
        }
        store(&json, &binary, &events, done.events)?;
        done.events += events.len() as u64;
        drop((json, binary));
        done.json_bytes = allocated(&std::fs::metadata(&files[0])?);
        done.binary_bytes = allocated(&std::fs::metadata(&files[1])?);
        Ok(done)
    }
}

fn store(
    json: &Database,
    binary: &Database,
    events: &[Event],
    first: u64,
) -> Result<(), StoreError> {
    let transaction = json.begin_write()?;
    store_json(&transaction, events)?;
    transaction.commit()?;
    let transaction = binary.begin_write()?;
    store_binary(&transaction, events, first)?;
    Ok(transaction.commit()?)
}

/// Pieces one behind the other. Their lengths are those of the keys above.
fn join<const N: usize>(pieces: &[&[u8]]) -> [u8; N] {
    let (mut key, mut end) = ([0; N], 0);
    for piece in pieces {
        key[end..end + piece.len()].copy_from_slice(piece);
        end += piece.len();
    }
    key
}

fn store_json(transaction: &WriteTransaction, events: &[Event]) -> Result<(), StoreError> {
    let mut table = transaction.open_table(JSON)?;
    let mut by_time = transaction.open_table(JSON_BY_TIME)?;
    let mut by_kind = transaction.open_table(JSON_BY_KIND)?;
    let mut by_author = transaction.open_table(JSON_BY_AUTHOR)?;
    let mut by_author_kind = transaction.open_table(JSON_BY_AUTHOR_KIND)?;
    let mut by_tag = transaction.open_table(BY_TAG)?;
    let mut text = Vec::new();
    for event in events {
        let (id, author) = (event.id.as_bytes(), event.pubkey.as_bytes());
        let (time, kind) = (event.created_at.to_be_bytes(), event.kind.to_be_bytes());
        text.clear();
        event.write_json(&mut text);
        table.insert(id, &text[..])?;
        by_time.insert(join(&[&time, id]), ())?;
        by_kind.insert(join(&[&kind, &time, id]), ())?;
        by_author.insert(join(&[author, &time, id]), ())?;
        by_author_kind.insert(join(&[author, &kind, &time, id]), ())?;
        for (letter, value) in event.letters() {
            by_tag.insert(&[&[letter], value.as_bytes(), &time, id].concat()[..], ())?;
        }
    }
    Ok(())
}

fn store_binary(
    transaction: &WriteTransaction,
    events: &[Event],
    first: u64,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(BINARY)?;
    let mut by_id = transaction.open_table(BINARY_BY_ID)?;
    let mut by_time = transaction.open_table(BINARY_BY_TIME)?;
    let mut by_kind = transaction.open_table(BINARY_BY_KIND)?;
    let mut by_author = transaction.open_table(BINARY_BY_AUTHOR)?;
    let mut by_author_kind = transaction.open_table(BINARY_BY_AUTHOR_KIND)?;
    let mut by_tag = transaction.open_table(BY_TAG)?;
    for (serial, event) in (first..).zip(events) {
        let (id, author, serial) = (
            event.id.as_bytes(),
            event.pubkey.as_bytes(),
            serial.to_be_bytes(),
        );
        let (time, kind) = (event.created_at.to_be_bytes(), event.kind.to_be_bytes());
        table.insert(serial, &plain(event)[..])?;
        by_id.insert(join(&[id, &serial]), ())?;
        by_time.insert(join(&[&time, &serial]), ())?;
        by_kind.insert(join(&[&kind, &time, &serial]), ())?;
        by_author.insert(join(&[author, &time, &serial]), ())?;
        by_author_kind.insert(join(&[author, &kind, &time, &serial]), ())?;
        for (letter, value) in event.letters() {
            by_tag.insert(
                &[&[letter], &as_bytes(value)[..], &time, &serial].concat()[..],
                (),
            )?;
        }
    }
    Ok(())
}

/// Id, key, signature, time and kind as bytes; two bytes before each item, one before each tag.
pub(crate) fn plain(event: &Event) -> Vec<u8> {
    let mut out = [
        &event.id.as_bytes()[..],
        event.pubkey.as_bytes(),
        event.sig.as_bytes(),
    ]
    .concat();
    out.extend(event.created_at.to_be_bytes());
    out.extend(event.kind.to_be_bytes());
    for tag in event.tags() {
        out.push(tag.items().len() as u8);
        for (place, item) in tag.items().enumerate() {
            let reference = place == 1 && matches!(tag.name(), "e" | "p");
            let item = if reference {
                as_bytes(item)
            } else {
                item.as_bytes().to_vec()
            };
            out.extend((item.len() as u16).to_be_bytes());
            out.extend(item);
        }
    }
    out.extend_from_slice(event.content().as_bytes());
    out
}

/// 64 digits of hex as 32 bytes, all else as it is.
fn as_bytes(value: &str) -> Vec<u8> {
    match crate::event::EventId::from_hex(value.as_bytes()) {
        Ok(id) => id.as_bytes().to_vec(),
        Err(_) => value.as_bytes().to_vec(),
    }
}
