//! Where the bytes are.

use redb::{ReadableTableMetadata, TableHandle};
use serde::Serialize;

use super::read::Scratch;
use super::tables::{self, Tid};
use super::{Store, StoreError};
use crate::event::Event;

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
    /// What records hold of texts, before compression and after.
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
    fn of(name: &str, table: &impl ReadableTableMetadata) -> Result<Self, StoreError> {
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
            tables: vec![
                TableStats::of(tables::EVENTS.name(), &open.events)?,
                TableStats::of(tables::BY_ID.name(), &open.by_id)?,
                TableStats::of(tables::BY_KIND.name(), &open.by_kind)?,
                TableStats::of(tables::BY_AUTHOR.name(), &open.by_author)?,
                TableStats::of(tables::BY_TAG.name(), &open.by_tag)?,
                TableStats::of(tables::BY_EXPIRY.name(), &open.by_expiry)?,
                TableStats::of(tables::VALUES.name(), &open.values)?,
                TableStats::of(tables::BY_VALUE.name(), &open.by_value)?,
                TableStats::of(tables::DICTIONARIES.name(), &open.dictionaries)?,
                TableStats::of(tables::META.name(), &open.meta)?,
            ],
            ..Stats::default()
        };
        let (mut event, mut scratch, mut json) = (Event::default(), Scratch::default(), Vec::new());
        for entry in open.events.range::<[u8; 6]>(..)? {
            let (tid, record) = entry?;
            snapshot.read(Tid(tid.value()), &mut event, &mut scratch)?;
            json.clear();
            event.write_json(&mut json);
            stats.events += 1;
            stats.json_bytes += json.len() as u64;
            stats.binary_bytes += plain_binary(&event);
            stats.record_bytes += record.value().len() as u64;
        }
        Ok(stats)
    }
}

/// What a file takes on the disk.
#[cfg(unix)]
pub fn allocated(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

/// What a file takes on the disk: elsewhere its length is all that the standard library tells.
#[cfg(not(unix))]
pub fn allocated(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}

/// Two bytes for the length of each item, one for the number of items in a tag.
fn plain_binary(event: &Event) -> u64 {
    let mut bytes = 32 + 32 + 64 + 8 + 2 + event.content().len();
    for tag in event.tags() {
        let reference = matches!(tag.name(), "e" | "p");
        bytes += 1 + tag.items().map(|item| 2 + item.len()).sum::<usize>();
        if reference && tag.value().is_some_and(|value| value.len() == 64) {
            bytes -= 32;
        }
    }
    bytes as u64
}
