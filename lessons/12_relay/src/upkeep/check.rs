//! Comparing everything with everything.

use std::collections::HashMap;

use redb::{ReadOnlyTable, ReadableTableMetadata};

use self::indexes::{BY_AUTHOR, BY_EXPIRY, BY_ID, BY_KIND, BY_TAG};
use crate::event::{Event, signature};
use crate::store::changes::{self, Changes, Keys};
use crate::store::tables::{self, Bytes, Serial, Tables, Tid};
use crate::store::{Scratch, Snapshot, Store, StoreError, guarded};

/// A finding too many is not listed, but counted.
const FINDINGS: usize = 1000;

const EXPORT: &str =
    "export the events and import them into a new folder, which makes all keys anew";
const RESTORE: &str = "restore a backup; or export the events, which leaves this one out, and import them into a new folder";
const FETCH: &str =
    "delete it or fetch it again from another relay: it isn't what its author signed";

/// Something that is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub advice: &'static str,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many events were read back.
    pub events: u64,
    /// How many keys they have.
    pub keys: u64,
    /// How many values are stored once.
    pub values: u64,
    /// What is wrong, at most a thousand things.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

impl Report {
    fn find(&mut self, what: String, advice: &'static str) {
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding { what, advice });
        } else {
            self.more += 1;
        }
    }
}

impl Store {
    /// Reads every event back and computes its id, and verifies its signature if that is wanted; compares the keys
    /// with the events both ways, and the values. `progress` hears how many of how many events are done.
    ///
    /// Ids aren't stored, so an event that was changed shows by the id that leads nowhere.
    ///
    /// # Errors
    ///
    /// Where the database can't be read at all. What can't be read in part is a finding.
    pub fn check(
        &self,
        signatures: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Report, StoreError> {
        let snapshot = self.snapshot()?;
        guarded(self.file(), || {
            Check::new(&snapshot).run(signatures, progress)
        })
    }
}

/// One of the tables that lead to events, and what a batch enters there.
struct Index<const N: usize> {
    /// Which of the five it is.
    at: usize,
    name: &'static str,
    table: fn(&Tables) -> &ReadOnlyTable<Bytes<N>, ()>,
    keys: fn(&Changes) -> &Keys<N>,
}

#[rustfmt::skip]
mod indexes {
    use super::Index;

    pub(super) const BY_ID: Index<10> = Index { at: 0, name: "by_id", table: |all| &all.by_id, keys: |all| &all.by_id };
    pub(super) const BY_KIND: Index<8> = Index { at: 1, name: "by_kind", table: |all| &all.by_kind, keys: |all| &all.by_kind };
    pub(super) const BY_AUTHOR: Index<12> = Index { at: 2, name: "by_author", table: |all| &all.by_author, keys: |all| &all.by_author };
    pub(super) const BY_TAG: Index<10> = Index { at: 3, name: "by_tag", table: |all| &all.by_tag, keys: |all| &all.by_tag };
    pub(super) const BY_EXPIRY: Index<10> = Index { at: 4, name: "by_expiry", table: |all| &all.by_expiry, keys: |all| &all.by_expiry };
}

struct Check<'a> {
    snapshot: &'a Snapshot,
    report: Report,
    scratch: Scratch,
    /// How many keys the events have: by id, kind, author, tag, expiry.
    keys: [u64; 5],
    /// How many parts long records have.
    parts: u64,
}

impl<'a> Check<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            report: Report::default(),
            scratch: Scratch::default(),
            keys: [0; 5],
            parts: 0,
        }
    }

    fn run(
        mut self,
        signatures: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Report, StoreError> {
        let tables = self.snapshot.tables();
        let of = tables.events.len()?;
        let mut event = Event::default();
        for entry in tables.events.range::<[u8; 6]>(..)? {
            let tid = Tid(entry?.0.value());
            self.report.events += 1;
            let length = self
                .snapshot
                .with_record(tid, &mut self.scratch, |record, _| Ok(record.len()))?;
            let length = length.unwrap_or_default();
            if length > tables::PART {
                self.parts += length.div_ceil(tables::PART) as u64;
            }
            match self.snapshot.read(tid, &mut event, &mut self.scratch) {
                Ok(_) => self.event(tid, &event, signatures)?,
                Err(error) => self.report.find(
                    format!("the event at {tid:?} can't be read: {error}"),
                    RESTORE,
                ),
            }
            if self.report.events.is_multiple_of(1024) || self.report.events == of {
                progress(self.report.events, of);
            }
        }
        self.report.keys = self.keys.iter().sum();
        self.orphans(&BY_ID)?;
        self.orphans(&BY_KIND)?;
        self.orphans(&BY_AUTHOR)?;
        self.orphans(&BY_TAG)?;
        self.orphans(&BY_EXPIRY)?;
        let parts = tables.long.len()?;
        if parts != self.parts {
            let what = format!(
                "long has {parts} parts, of which events have {}",
                self.parts
            );
            self.report.find(what, EXPORT);
        }
        self.values()?;
        Ok(self.report)
    }

    /// What an event's keys should be.
    fn keys_of(&self, tid: Tid, event: &Event) -> Result<Option<Changes>, StoreError> {
        let Some(author) = self.snapshot.serial(event.pubkey.as_bytes())? else {
            return Ok(None);
        };
        let mut changes = Changes::default();
        changes.keys(event, author, tid, &self.snapshot.shared().hashes, true);
        Ok(Some(changes))
    }

    fn event(&mut self, tid: Tid, event: &Event, signatures: bool) -> Result<(), StoreError> {
        if Tid::new(event.created_at, tid.number()) != tid {
            self.report.find(
                format!("event {} is in the wrong place, {tid:?}", event.id),
                EXPORT,
            );
        }
        if signatures && let Err(invalid) = signature::verify(event) {
            self.report
                .find(format!("event {}: {invalid}", event.id), FETCH);
        }
        let Some(expected) = self.keys_of(tid, event)? else {
            self.report.find(
                format!("the author of event {} has no number", event.id),
                EXPORT,
            );
            return Ok(());
        };
        let has = (tid, event, &expected);
        self.missing(&BY_ID, has)?;
        self.missing(&BY_KIND, has)?;
        self.missing(&BY_AUTHOR, has)?;
        self.missing(&BY_TAG, has)?;
        self.missing(&BY_EXPIRY, has)?;
        Ok(())
    }

    /// Keys that an event should have and doesn't.
    fn missing<const N: usize>(
        &mut self,
        index: &Index<N>,
        (tid, event, expected): (Tid, &Event, &Changes),
    ) -> Result<(), StoreError> {
        let table = (index.table)(self.snapshot.tables());
        let mut missing = 0;
        for key in (index.keys)(expected).keys() {
            match table.get(key)? {
                Some(_) => self.keys[index.at] += 1,
                None => missing += 1,
            }
        }
        if missing > 0 {
            let (id, name) = (event.id, index.name);
            let name = match name {
                "by_id" => "by_id (or the event was changed)",
                other => other,
            };
            let what = format!("event {id} at {tid:?} lacks {missing} of its keys in {name}");
            self.report.find(what, EXPORT);
        }
        Ok(())
    }

    /// Keys that no event has. Where there are as many keys as events have, there are none.
    fn orphans<const N: usize>(&mut self, index: &Index<N>) -> Result<(), StoreError> {
        let table = (index.table)(self.snapshot.tables());
        if table.len()? == self.keys[index.at] {
            return Ok(());
        }
        let mut event = Event::default();
        for entry in table.range::<[u8; N]>(..)? {
            let key = entry?.0.value();
            let tid = Tid::of(&key);
            let found = self.snapshot.read(tid, &mut event, &mut self.scratch);
            let owner = match found {
                Ok(true) => self.keys_of(tid, &event)?,
                _ => None,
            };
            if !owner.is_some_and(|owner| (index.keys)(&owner).contains_key(&key)) {
                let name = index.name;
                let what =
                    format!("{name} has a key that leads to {tid:?}, whose event doesn't have it");
                self.report.find(what, EXPORT);
            }
        }
        Ok(())
    }

    fn values(&mut self) -> Result<(), StoreError> {
        let tables = self.snapshot.tables();
        let hashes = &self.snapshot.shared().hashes;
        let mut seen: HashMap<[u8; 32], Serial> = HashMap::new();
        for entry in tables.values.range::<Serial>(..)? {
            let (serial, value) = entry.map(|(serial, value)| (serial.value(), value.value()))?;
            self.report.values += 1;
            if tables
                .by_value
                .get(changes::value_key(hashes, &value, serial))?
                .is_none()
            {
                self.report
                    .find(format!("value {serial} isn't found by its hash"), EXPORT);
            }
            if let Some(other) = seen.insert(value, serial) {
                self.report
                    .find(format!("values {other} and {serial} are the same"), EXPORT);
            }
        }
        for entry in tables.by_value.range::<[u8; 8]>(..)? {
            let [hash @ .., a, b, c, d] = entry?.0.value();
            let serial = Serial::from_be_bytes([a, b, c, d]);
            let value = tables.values.get(serial)?.map(|value| value.value());
            if value.is_none_or(|value| hashes.value_key(&value) != hash) {
                self.report.find(
                    format!(
                        "by_value has a key that leads to value {serial}, whose hash is another"
                    ),
                    EXPORT,
                );
            }
        }
        Ok(())
    }
}
