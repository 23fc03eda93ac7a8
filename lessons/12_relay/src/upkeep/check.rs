//! Comparing everything with everything.

use std::collections::HashMap;

use redb::{ReadOnlyTable, ReadableTableMetadata, TableHandle};

use crate::event::{Event, signature};
use crate::store::changes::{self, Changes, Keys};
use crate::store::tables::{self, Bytes, Serial, Tid};
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
        let [by_id, by_kind, by_author, by_tag, by_expiry] = self.keys;
        self.orphans(&tables.by_id, by_id, tables::BY_ID.name(), |changes| {
            &changes.by_id
        })?;
        self.orphans(
            &tables.by_kind,
            by_kind,
            tables::BY_KIND.name(),
            |changes| &changes.by_kind,
        )?;
        self.orphans(
            &tables.by_author,
            by_author,
            tables::BY_AUTHOR.name(),
            |changes| &changes.by_author,
        )?;
        self.orphans(&tables.by_tag, by_tag, tables::BY_TAG.name(), |changes| {
            &changes.by_tag
        })?;
        self.orphans(
            &tables.by_expiry,
            by_expiry,
            tables::BY_EXPIRY.name(),
            |changes| &changes.by_expiry,
        )?;
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
        let Some(author) = self.snapshot.author_serial(&event.pubkey)? else {
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
        let tables = self.snapshot.tables();
        let missing = [
            missing(&tables.by_id, &expected.by_id)?,
            missing(&tables.by_kind, &expected.by_kind)?,
            missing(&tables.by_author, &expected.by_author)?,
            missing(&tables.by_tag, &expected.by_tag)?,
            missing(&tables.by_expiry, &expected.by_expiry)?,
        ];
        let lengths = [
            expected.by_id.len(),
            expected.by_kind.len(),
            expected.by_author.len(),
            expected.by_tag.len(),
            expected.by_expiry.len(),
        ];
        let names = [
            "by_id (or the event was changed)",
            "by_kind",
            "by_author",
            "by_tag",
            "by_expiry",
        ];
        for (place, name) in names.into_iter().enumerate() {
            self.keys[place] += lengths[place] as u64 - missing[place];
            if missing[place] > 0 {
                let what = format!(
                    "event {} at {tid:?} lacks {} of its keys in {name}",
                    event.id, missing[place]
                );
                self.report.find(what, EXPORT);
            }
        }
        Ok(())
    }

    /// Keys that no event has. Where there are as many keys as events have, there are none.
    fn orphans<const N: usize>(
        &mut self,
        table: &ReadOnlyTable<Bytes<N>, ()>,
        expected: u64,
        name: &str,
        keys: fn(&Changes) -> &Keys<N>,
    ) -> Result<(), StoreError> {
        if table.len()? == expected {
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
            if !owner.is_some_and(|owner| keys(&owner).contains_key(&key)) {
                self.report.find(
                    format!("{name} has a key that leads to {tid:?}, whose event doesn't have it"),
                    EXPORT,
                );
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
        for entry in tables.by_value.range::<[u8; 9]>(..)? {
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

/// How many of these keys the table hasn't got.
fn missing<const N: usize>(
    table: &ReadOnlyTable<Bytes<N>, ()>,
    expected: &Keys<N>,
) -> Result<u64, StoreError> {
    let mut missing = 0;
    for key in expected.keys() {
        missing += u64::from(table.get(key)?.is_none());
    }
    Ok(missing)
}
