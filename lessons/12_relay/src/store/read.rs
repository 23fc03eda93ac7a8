//! Reading what one commit left.

use std::sync::Arc;

use redb::ReadableTable;

use super::dictionary::Dictionaries;
use super::record::{self, Lookup};
use super::strings::Decompressor;
use super::tables::{self, Serial, Tables, Tid};
use super::{Shared, StoreError, meta};
use crate::event::{Event, EventId};
use pooling::Recycle;

/// The database as one commit left it.
///
/// Snapshots of the same commit share their tables, so one costs next to nothing. Iterators over a table don't borrow
/// from the snapshot: `snapshot.tables().by_kind.range(..)` can be kept beside it.
#[derive(Clone)]
pub struct Snapshot {
    /// The number of that commit.
    pub commit: u64,
    tables: Arc<Tables>,
    shared: Arc<Shared>,
}

/// What a thread that reads events uses again: buffers and decompression contexts.
#[derive(Default)]
pub struct Scratch {
    strings: Option<Decompressor>,
    /// A record that was stored in parts.
    long: Vec<u8>,
}

/// What a scratch keeps of an unusually long record, in bytes.
const KEPT: usize = 64 << 10;

impl Scratch {
    /// Decompresses under these dictionaries, which are others only if the store is another.
    fn strings(&mut self, dictionaries: &Arc<Dictionaries>) -> &mut Decompressor {
        (self.strings).take_if(|known| !Arc::ptr_eq(&known.dictionaries, dictionaries));
        (self.strings).get_or_insert_with(|| Decompressor::new(dictionaries.clone()))
    }
}

impl Snapshot {
    pub(super) fn new(shared: Arc<Shared>, tables: Arc<Tables>) -> Result<Self, StoreError> {
        Ok(Self {
            commit: meta::number(&tables, meta::COMMITS)?,
            tables,
            shared,
        })
    }

    /// The tables, to look things up in.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Reads the event at a place, and computes its id; `false`, and a cleared event, if there is none.
    ///
    /// # Errors
    ///
    /// Where the record, or what it refers to, can't be read.
    pub fn read(
        &self,
        tid: Tid,
        into: &mut Event,
        scratch: &mut Scratch,
    ) -> Result<bool, StoreError> {
        into.clear();
        let read = self.with_record(tid, scratch, |record, scratch| {
            self.decode(tid, record, self, into, scratch)
        });
        Ok(read?.is_some())
    }

    /// The kind of the event at a place, if there is one; the rest of it isn't read.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn kind(&self, tid: Tid) -> Result<Option<u16>, StoreError> {
        let Some(record) = self.tables.events.get(tid.0)? else {
            return Ok(None);
        };
        if !record.value().is_empty() {
            return Ok(Some(record::kind(record.value())?));
        }
        let first = self.tables.long.get(tables::part(tid, 0))?;
        let first =
            first.ok_or_else(|| StoreError::Corrupt("a long record is missing".to_owned()))?;
        Ok(Some(record::kind(first.value())?))
    }

    /// Does something with the record at a place, if there is one.
    pub(crate) fn with_record<T>(
        &self,
        tid: Tid,
        scratch: &mut Scratch,
        work: impl FnOnce(&[u8], &mut Scratch) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let Some(record) = self.tables.events.get(tid.0)? else {
            return Ok(None);
        };
        if !record.value().is_empty() {
            return work(record.value(), scratch).map(Some);
        }
        let mut record = std::mem::take(&mut scratch.long);
        record.clear();
        let parts = tables::part(tid, 0)..=tables::part(tid, u16::MAX);
        for part in self.tables.long.range(parts)? {
            record.extend_from_slice(part?.1.value());
        }
        let done = work(&record, scratch);
        if record.capacity() <= KEPT {
            scratch.long = record;
        }
        done.map(Some)
    }

    /// Makes an event of a record that these tables explain, with the values that `lookup` has.
    pub(super) fn decode(
        &self,
        tid: Tid,
        record: &[u8],
        lookup: &impl Lookup<Error = StoreError>,
        into: &mut Event,
        scratch: &mut Scratch,
    ) -> Result<(), StoreError> {
        let strings = scratch.strings(&self.shared.dictionaries);
        record::decode(tid, record, lookup, strings, into)
    }

    /// The number of 32 bytes that are stored once: an author, or what several tags refer to.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn serial(&self, value: &[u8; 32]) -> Result<Option<Serial>, StoreError> {
        if let Some(serial) = self.cached_serial(value) {
            return Ok(Some(serial));
        }
        let hash = self.shared.hashes.value_key(value);
        for entry in self.tables.by_value.range(value_range(hash))? {
            let (key, ()) = entry.map(|(key, unit)| (key.value(), unit.value()))?;
            let [_, _, _, _, serial @ ..] = key;
            let serial = Serial::from_be_bytes(serial);
            if self.value(serial)? == *value {
                return Ok(Some(serial));
            }
        }
        Ok(None)
    }

    /// The same, of values that were asked for lately. The cache knows what is committed, which can be newer than this.
    pub(super) fn cached_serial(&self, value: &[u8; 32]) -> Option<Serial> {
        self.shared.cache.serial(value)
    }

    /// What keys of [`BY_ID`](super::tables::BY_ID) begin with. Others can share it: compare what it leads to.
    pub fn id_key(&self, id: &EventId) -> [u8; 4] {
        self.shared.hashes.id_key(id)
    }

    /// What keys of [`BY_TAG`](super::tables::BY_TAG) begin with. Others can share it: compare what it leads to.
    pub fn tag_key(&self, letter: u8, value: &str) -> [u8; 4] {
        self.shared.hashes.tag_key(letter, value)
    }

    /// The number of the first place, in a second, that no event has taken yet.
    pub(super) fn next_number(&self, second: [u8; 4]) -> Result<u32, StoreError> {
        let [first, last] = [0, 0xff].map(|end| {
            let [a, b, c, d] = second;
            [a, b, c, d, end, end]
        });
        let taken = self.tables.events.range(first..=last)?.next_back();
        Ok(match taken {
            Some(taken) => u32::from(Tid(taken?.0.value()).number()) + 1,
            None => 0,
        })
    }

    /// The first serial that no value has.
    pub(super) fn values_end(&self) -> Result<Serial, StoreError> {
        let last = self.tables.values.last()?.map(|(serial, _)| serial.value());
        last.map_or(Ok(0), |last| {
            let full = || StoreError::Corrupt("no number is left for a value: compact".to_owned());
            last.checked_add(1).ok_or_else(full)
        })
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

pub(super) fn value_range(hash: [u8; 4]) -> std::ops::RangeInclusive<[u8; 8]> {
    let [first, last] = [0, 0xff].map(|end| {
        let mut key = [end; 8];
        key[..4].copy_from_slice(&hash);
        key
    });
    first..=last
}

impl Lookup for Snapshot {
    type Error = StoreError;

    fn value(&self, serial: Serial) -> Result<[u8; 32], StoreError> {
        if let Some(value) = self.shared.cache.value(serial) {
            return Ok(value);
        }
        let value = self.tables.values.get(serial)?.map(|value| value.value());
        let value = value.ok_or_else(|| StoreError::Corrupt(format!("no value {serial}")))?;
        self.shared.cache.insert(serial, value);
        Ok(value)
    }
}
