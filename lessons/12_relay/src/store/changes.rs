//! What a batch changes, before it is written: for each table, sorted keys that come and go.
//!
//! Sorted, because the engine copies a page of the file for the first key that changes in it: neighbours come free.

use std::collections::BTreeMap;
use std::mem::take;
use std::ops::{RangeBounds, RangeInclusive};

use redb::{ReadOnlyTable, Table, WriteTransaction};

use super::StoreError;
#[cfg(any(not(feature = "value_table"), test))]
pub(crate) use super::new_values::NewValues;
use super::tables::{
    self, BY_AUTHOR, BY_EXPIRY, BY_ID, BY_KIND, BY_TAG, BY_VALUE, Bytes, EVENTS, LONG, PART,
    Serial, Tid, VALUES,
};
use super::values::Secret;
use crate::event::{Class, Event};
#[cfg(all(feature = "value_table", not(test)))]
pub(crate) use crate::parts::value_table::ValueTable as NewValues;

/// Keys that come (`true`) and go.
pub(crate) type Keys<const N: usize> = BTreeMap<[u8; N], bool>;

/// An event that comes: where its record is in the batch's buffer; or one that goes.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    Comes(std::ops::Range<usize>),
    Goes,
}

#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) events: BTreeMap<Tid, Record>,
    pub(crate) records: Vec<u8>,
    pub(crate) by_id: Keys<10>,
    pub(crate) by_kind: Keys<8>,
    pub(crate) by_author: Keys<12>,
    pub(crate) by_tag: Keys<10>,
    pub(crate) by_expiry: Keys<10>,
    /// Values that are new.
    pub(crate) values: NewValues,
    /// The serial of the first of them.
    pub(crate) first_serial: Serial,
    /// Whether something else was written already.
    pub(crate) others: bool,
}

/// All keys that begin with these bytes.
pub(crate) fn span<const P: usize, const N: usize>(prefix: [u8; P]) -> RangeInclusive<[u8; N]> {
    from(prefix, Tid::FIRST)
}

/// All keys that begin with these bytes, from a place on.
pub(crate) fn from<const P: usize, const N: usize>(
    prefix: [u8; P],
    tid: Tid,
) -> RangeInclusive<[u8; N]> {
    tables::key(prefix, tid)..=tables::key(prefix, Tid::LAST)
}

/// The first key in a range, of those that are in the table and don't go, and those that come.
pub(crate) fn first<const N: usize>(
    table: &ReadOnlyTable<Bytes<N>, ()>,
    changes: &Keys<N>,
    range: impl RangeBounds<[u8; N]> + Clone,
) -> Result<Option<[u8; N]>, StoreError> {
    let comes = changes
        .range(range.clone())
        .find(|(_, comes)| **comes)
        .map(|(key, _)| *key);
    for entry in table.range(range)? {
        let key = entry?.0.value();
        if comes.is_some_and(|comes| comes < key) {
            return Ok(comes);
        }
        if changes.get(&key) != Some(&false) {
            return Ok(Some(key));
        }
    }
    Ok(comes)
}

impl Changes {
    /// Enters (`true`) or removes the keys that lead to an event.
    pub(crate) fn keys(
        &mut self,
        event: &Event,
        author: Serial,
        tid: Tid,
        hashes: &Secret,
        comes: bool,
    ) {
        let by_author = tables::author_kind(author, event.kind);
        (self.by_id).insert(tables::key(hashes.id_key(&event.id), tid), comes);
        (self.by_kind).insert(tables::key(event.kind.to_be_bytes(), tid), comes);
        (self.by_author).insert(tables::key(by_author, tid), comes);
        for prefix in tags(event, hashes) {
            self.by_tag.insert(tables::key(prefix, tid), comes);
        }
        if let Some(expiry) = event.expiration() {
            (self.by_expiry).insert(tables::key(tables::second(expiry), tid), comes);
        }
    }

    /// An event that comes.
    pub(crate) fn enter(&mut self, tid: Tid, record: &[u8]) {
        let start = self.records.len();
        self.records.extend_from_slice(record);
        self.events
            .insert(tid, Record::Comes(start..self.records.len()));
    }

    /// Gives a number to 32 bytes that have none.
    pub(crate) fn intern(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        let new = Serial::try_from(self.values.count()).ok();
        let serial = new.and_then(|new| self.first_serial.checked_add(new));
        let serial = serial.ok_or_else(|| {
            StoreError::Corrupt("no number is left for a value: compact".to_owned())
        })?;
        self.values.intern(value);
        Ok(serial)
    }

    /// The number of a value that is new.
    pub(crate) fn serial(&self, value: &[u8; 32]) -> Option<Serial> {
        (self.values.find(value)).map(|new| self.first_serial + new)
    }

    /// The values that are new, in the order of their numbers.
    pub(crate) fn new_values(&self) -> impl Iterator<Item = (Serial, &[u8; 32])> {
        let values = (0..self.values.count() as u32).map_while(|new| self.values.get(new));
        (self.first_serial..).zip(values)
    }

    /// Forgets all of it, and keeps the room.
    pub(crate) fn clear(&mut self) {
        let Self {
            mut records,
            mut values,
            ..
        } = take(self);
        records.clear();
        values.clear();
        *self = Self {
            records,
            values,
            ..Self::default()
        };
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && !self.others
    }

    /// Writes all of it.
    pub(crate) fn apply(
        &self,
        transaction: &WriteTransaction,
        hashes: &Secret,
    ) -> Result<(), StoreError> {
        let mut values = transaction.open_table(VALUES)?;
        let mut by_value = Keys::new();
        for (serial, value) in self.new_values() {
            values.insert(serial, value)?;
            by_value.insert(value_key(hashes, value, serial), true);
        }
        drop(values);
        let mut records = Records::open(transaction)?;
        for (tid, record) in &self.events {
            match record {
                Record::Comes(range) => records.insert(*tid, &self.records[range.clone()])?,
                Record::Goes => records.remove(*tid)?,
            }
        }
        apply(transaction.open_table(BY_VALUE)?, &by_value)?;
        apply(transaction.open_table(BY_ID)?, &self.by_id)?;
        apply(transaction.open_table(BY_KIND)?, &self.by_kind)?;
        apply(transaction.open_table(BY_AUTHOR)?, &self.by_author)?;
        apply(transaction.open_table(BY_TAG)?, &self.by_tag)?;
        apply(transaction.open_table(BY_EXPIRY)?, &self.by_expiry)
    }
}

/// Where records are written to.
pub(crate) struct Records<'a> {
    events: Table<'a, Bytes<6>, &'static [u8]>,
    long: Table<'a, Bytes<8>, &'static [u8]>,
}

impl<'a> Records<'a> {
    pub(crate) fn open(transaction: &'a WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            events: transaction.open_table(EVENTS)?,
            long: transaction.open_table(LONG)?,
        })
    }

    pub(crate) fn insert(&mut self, tid: Tid, record: &[u8]) -> Result<(), StoreError> {
        if record.len() <= PART {
            self.events.insert(tid.0, record)?;
            return Ok(());
        }
        self.events.insert(tid.0, &[][..])?;
        for (number, part) in (0..).zip(record.chunks(PART)) {
            self.long.insert(tables::part(tid, number), part)?;
        }
        Ok(())
    }

    fn remove(&mut self, tid: Tid) -> Result<(), StoreError> {
        let was_long = self
            .events
            .remove(tid.0)?
            .is_some_and(|record| record.value().is_empty());
        if was_long {
            let parts = tables::part(tid, 0)..=tables::part(tid, u16::MAX);
            self.long.retain_in(parts, |_, _| false)?;
        }
        Ok(())
    }
}

/// What an event's keys of [`BY_TAG`] begin with. One that is addressable is entered under its identifier, `d` tag or
/// not: that is how its older version is found.
pub(crate) fn tags<'a>(event: &'a Event, hashes: &'a Secret) -> impl Iterator<Item = [u8; 4]> + 'a {
    let identifier = (event.class() == Class::Addressable).then(|| (b'd', event.identifier()));
    let tags = event.letters().chain(identifier);
    tags.map(|(letter, value)| hashes.tag_key(letter, value))
}

pub(crate) fn value_key(hashes: &Secret, value: &[u8; 32], serial: Serial) -> [u8; 8] {
    let mut key = [0; 8];
    key[..4].copy_from_slice(&hashes.value_key(value));
    key[4..].copy_from_slice(&serial.to_be_bytes());
    key
}

fn apply<const N: usize>(
    mut table: Table<'_, Bytes<N>, ()>,
    keys: &Keys<N>,
) -> Result<(), StoreError> {
    for (key, comes) in keys {
        if *comes {
            table.insert(key, ())?;
        } else {
            table.remove(key)?;
        }
    }
    Ok(())
}
