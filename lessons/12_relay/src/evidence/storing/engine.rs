//! What the database engine makes of it: pages, bytes written, bytes read. In memory, behind a backend that counts.

use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock};

use redb::backends::InMemoryBackend;
use redb::{
    Database, Key, ReadableDatabase, ReadableTable, ReadableTableMetadata, StorageBackend,
    TableDefinition, Value,
};

use super::corpus::{EVENTS, Table, each_record, events};
use crate::event::Event;
use crate::store::tables::{BY_ID, BY_VALUE, Bytes, Tid, VALUES};
use crate::store::values::Secret;
use crate::upkeep::plain;

/// Events that share a commit.
const COMMIT: usize = 100;
/// Rows of a table whose bytes are wanted.
const ROWS: u32 = 5_000;
/// What the engine may keep in memory while it writes: more than there is, so that a commit writes each page once.
const CACHE: usize = 32 << 20;

/// The engine failed. In memory it doesn't.
type Failure = Box<redb::Error>;

fn failure(error: impl Into<redb::Error>) -> Failure {
    Box::new(error.into())
}

/// A file in memory that counts what is read and written.
#[derive(Clone, Debug, Default)]
struct Counting {
    file: Arc<InMemoryBackend>,
    read: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
}

impl StorageBackend for Counting {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(out.len() as u64, Relaxed);
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.written.fetch_add(data.len() as u64, Relaxed);
        self.file.write(offset, data)
    }
}

/// Opens a database in such a file, with so much memory for its pages.
fn open(file: &Counting, cache: usize) -> Result<Database, Failure> {
    redb::Builder::new()
        .set_cache_size(cache)
        .create_with_backend(file.clone())
        .map_err(failure)
}

/// What a form of events took of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Io {
    /// Pages that the table has: of 4,096 bytes, or more where a value is larger.
    pub pages: u64,
    /// Bytes that were written to store the events.
    pub written: u64,
    /// Bytes that were read to go through all of them, with nothing at hand.
    pub read: u64,
}

/// As JSON under the id, where each goes to another page.
pub(super) static JSON_BY_ID: LazyLock<Io> =
    LazyLock::new(|| form(|event| *event.id.as_bytes(), as_json));

/// As JSON under a number of eight bytes, one behind the other.
pub(super) static JSON: LazyLock<Io> = LazyLock::new(|| form(numbers(), as_json));

/// As plain binary under a number of eight bytes.
pub(super) static BINARY: LazyLock<Io> = LazyLock::new(|| form(numbers(), plain));

/// As records under their places. The tables of values are left out: the other forms have none.
pub(super) static RECORDS: LazyLock<Io> = LazyLock::new(|| {
    let mut records = Vec::new();
    each_record(events(EVENTS), &mut Table::default(), |_, record, _| {
        records.push(record.to_vec());
    });
    let (mut records, mut number) = (records.into_iter(), 0);
    let place = |event: &Event| {
        number += 1;
        Tid::new(event.created_at, number).0
    };
    form(place, |_| records.next().unwrap_or_default())
});

fn as_json(event: &Event) -> Vec<u8> {
    let mut json = Vec::new();
    event.write_json(&mut json);
    json
}

fn numbers() -> impl FnMut(&Event) -> [u8; 8] {
    let mut number = 0u64;
    move |_| {
        number += 1;
        number.to_be_bytes()
    }
}

fn form<const N: usize>(
    key: impl FnMut(&Event) -> [u8; N],
    value: impl FnMut(&Event) -> Vec<u8>,
) -> Io {
    store(events(EVENTS), key, value).unwrap_or_default()
}

fn store<const N: usize>(
    events: &[Event],
    mut key: impl FnMut(&Event) -> [u8; N],
    mut value: impl FnMut(&Event) -> Vec<u8>,
) -> Result<Io, Failure> {
    let table: TableDefinition<Bytes<N>, &[u8]> = TableDefinition::new("events");
    let file = Counting::default();
    let database = open(&file, CACHE)?;
    let before = file.written.load(Relaxed);
    for commit in events.chunks(COMMIT) {
        let transaction = database.begin_write().map_err(failure)?;
        {
            let mut table = transaction.open_table(table).map_err(failure)?;
            for event in commit {
                let bytes = value(event);
                table.insert(key(event), &bytes[..]).map_err(failure)?;
            }
        }
        transaction.commit().map_err(failure)?;
    }
    let written = file.written.load(Relaxed) - before;
    drop(database);

    // Opened again without memory for pages: the engine has looked at them meanwhile.
    let database = open(&file, 0)?;
    let table = database
        .begin_read()
        .map_err(failure)?
        .open_table(table)
        .map_err(failure)?;
    let before = file.read.load(Relaxed);
    for entry in table.iter().map_err(failure)? {
        entry.map_err(failure)?;
    }
    let read = file.read.load(Relaxed) - before;
    let stats = table.stats().map_err(failure)?;
    Ok(Io {
        pages: stats.leaf_pages() + stats.branch_pages(),
        written,
        read,
    })
}

/// What a value takes in both of its tables, in bytes of pages that are in use.
pub(super) fn bytes_per_value() -> f64 {
    let secret = Secret::new([7; 16]);
    let value = |number| interning::two_way::id(number);
    let there = bytes_per_row(VALUES, |number| (number, value(number)));
    let back = bytes_per_row(BY_VALUE, |number| {
        let mut key = [0; 8];
        key[..4].copy_from_slice(&secret.value_key(&value(number)));
        key[4..].copy_from_slice(&number.to_be_bytes());
        (key, ())
    });
    there + back
}

/// What a table from numbers of five bytes to ids takes for each event.
pub(super) fn bytes_per_id() -> f64 {
    let table: TableDefinition<Bytes<5>, Bytes<32>> = TableDefinition::new("ids");
    bytes_per_row(table, |number| {
        let [a, b, c, d] = number.to_be_bytes();
        ([0, a, b, c, d], interning::two_way::id(number))
    })
}

/// What the relay's index by id takes for each event.
pub(super) fn bytes_per_id_key() -> f64 {
    let secret = Secret::new([7; 16]);
    bytes_per_row(BY_ID, |number| {
        let id = crate::event::EventId::new(interning::two_way::id(number));
        let mut key = [0; 10];
        key[..4].copy_from_slice(&secret.id_key(&id));
        key[4..].copy_from_slice(&Tid::new(u64::from(number), 0).0);
        (key, ())
    })
}

/// Keys, values, what the engine needs to find them and what is free in their pages.
fn bytes_per_row<'k, 'v, K, V>(
    table: TableDefinition<K, V>,
    row: impl Fn(u32) -> (K::SelfType<'k>, V::SelfType<'v>),
) -> f64
where
    K: Key + 'static,
    V: Value + 'static,
{
    let measure = || -> Result<f64, Failure> {
        let database = open(&Counting::default(), CACHE)?;
        let transaction = database.begin_write().map_err(failure)?;
        let mut rows = transaction.open_table(table).map_err(failure)?;
        for number in 0..ROWS {
            let (key, value) = row(number);
            rows.insert(key, value).map_err(failure)?;
        }
        let stats = rows.stats().map_err(failure)?;
        let bytes = stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes();
        Ok(bytes as f64 / f64::from(ROWS))
    };
    measure().unwrap_or_default()
}
