//! Where the bytes are.

use redb::ReadableTableMetadata;
use serde::Serialize;

use super::compare::plain;
use crate::event::Event;
use crate::store::dictionary::{Dictionary, LEVEL};
use crate::store::record::{self, Refers, Values};
use crate::store::strings::Compressor;
use crate::store::tables::{Serial, Tid};
use crate::store::{Scratch, Snapshot, Store, StoreError, allocated};

/// What the database takes, and what the same events would take otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stats {
    /// How many events there are.
    pub events: u64,
    /// Length of the file, in bytes.
    pub file_bytes: u64,
    /// What the file takes on the disk: the engine leaves holes.
    pub allocated_bytes: u64,
    /// Each table.
    pub tables: Vec<TableStats>,
    /// The events as JSON without spaces, as clients get them.
    pub json_bytes: u64,
    /// The events as plain binary: id, key, signature, time and kind as bytes; of tags and content the text, but the
    /// values of `e` and `p` tags as 32 bytes.
    pub binary_bytes: u64,
    /// The records: signatures, and all that isn't stored once elsewhere.
    pub record_bytes: u64,
    /// What records hold of texts, before compression and after it, dictionaries not counted.
    pub text_bytes: [u64; 2],
    /// Public keys and ids that events refer to, authors counted: as 32 bytes each time, and as they are stored, tables
    /// counted.
    pub reference_bytes: [u64; 2],
}

/// What a table takes, in bytes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableStats {
    /// Its name.
    pub name: String,
    /// How many entries it has.
    pub entries: u64,
    /// Keys and values.
    pub stored_bytes: u64,
    /// What the engine needs to find them.
    pub metadata_bytes: u64,
    /// Room in its pages that is free.
    pub fragmented_bytes: u64,
}

impl TableStats {
    fn of(name: &str, table: &dyn ReadableTableMetadata) -> Result<Self, StoreError> {
        let stats = table.stats()?;
        Ok(Self {
            name: name.to_owned(),
            entries: table.len()?,
            stored_bytes: stats.stored_bytes(),
            metadata_bytes: stats.metadata_bytes(),
            fragmented_bytes: stats.fragmented_bytes(),
        })
    }
}

impl Store {
    /// Counts. Reads all events, which takes some seconds for a million.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let snapshot = self.snapshot()?;
        let metadata = std::fs::metadata(self.file())?;
        let open = snapshot.tables();
        let mut stats = Stats {
            file_bytes: metadata.len(),
            allocated_bytes: allocated(&metadata),
            tables: (open.all().into_iter())
                .map(|(name, table)| TableStats::of(name, table))
                .collect::<Result<_, _>>()?,
            ..Stats::default()
        };
        let (mut event, mut scratch, mut json) = (Event::default(), Scratch::default(), Vec::new());
        let mut strings = Compressor::new(Dictionary::seed(LEVEL));
        for entry in open.events.range::<[u8; 6]>(..)? {
            let tid = Tid(entry?.0.value());
            snapshot.with_record(tid, &mut scratch, |record, _| {
                stats.record_bytes += record.len() as u64;
                stats.text_bytes[1] += record::strings_of(record).len() as u64;
                Ok(())
            })?;
            snapshot.read(tid, &mut event, &mut scratch)?;
            json.clear();
            event.write_json(&mut json);
            stats.events += 1;
            stats.json_bytes += json.len() as u64;
            stats.binary_bytes += plain(&event).len() as u64;
            let mut references = References(&snapshot, &mut stats.reference_bytes);
            record::encode(&event, &mut references, &mut strings, &mut json)?;
            stats.text_bytes[0] += strings.gathered().len() as u64;
        }
        let tables = stats
            .tables
            .iter()
            .filter(|table| table.name.ends_with("value") || table.name == "values");
        stats.reference_bytes[1] += tables.map(|table| table.stored_bytes).sum::<u64>();
        Ok(stats)
    }
}

/// Counts what records refer to: as 32 bytes, and as numbers.
struct References<'a>(&'a Snapshot, &'a mut [u64; 2]);

impl References<'_> {
    fn count(&mut self, serial: Option<Serial>) -> Option<Serial> {
        self.1[0] += 32;
        self.1[1] += match serial {
            Some(serial) => u64::from(serial.max(1).ilog2() / 7 + 1),
            None => 33,
        };
        serial
    }
}

impl Values for References<'_> {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        Ok(self.reference(value, Refers::Key)?.unwrap_or_default())
    }

    fn reference(&mut self, value: &[u8; 32], _: Refers) -> Result<Option<Serial>, StoreError> {
        let serial = self.0.serial(value)?;
        Ok(self.count(serial))
    }
}
