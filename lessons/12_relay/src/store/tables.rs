//! The tables of the database, each with the sentence that explains it.
//!
//! Keys are arrays of fixed width, big endian, so that they sort as bytes: redb then stores no length for them, and
//! a key whose value is `()` costs its own width and nothing else.

use redb::TableDefinition;

/// The place of an event: when it was made, in seconds since 1970 (4 bytes), and its number within that second (2).
///
/// A time beyond 32 bits takes the last second; its record holds the true time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(pub [u8; 6]);

/// The number under which a 32-byte value is stored once.
pub type Serial = u32;

/// Place → record. In order of time: this table is the index by time.
pub const EVENTS: TableDefinition<[u8; 6], &[u8]> = TableDefinition::new("events");
/// Keyed hash of the id (5), place (6). The id itself is stored nowhere: it is computed again from the record.
pub const BY_ID: TableDefinition<[u8; 11], ()> = TableDefinition::new("by_id");
/// Kind (2), place (6).
pub const BY_KIND: TableDefinition<[u8; 8], ()> = TableDefinition::new("by_kind");
/// Serial of the author (4), kind (2), place (6). Serves authors without kinds too: one range for each kind.
pub const BY_AUTHOR: TableDefinition<[u8; 12], ()> = TableDefinition::new("by_author");
/// Keyed hash of letter and value (4), place (6).
pub const BY_TAG: TableDefinition<[u8; 10], ()> = TableDefinition::new("by_tag");
/// Time of expiry (4), place (6).
pub const BY_EXPIRY: TableDefinition<[u8; 10], ()> = TableDefinition::new("by_expiry");
/// Serial → the 32 bytes that it stands for: public keys and referenced ids, each stored once.
pub const VALUES: TableDefinition<u32, [u8; 32]> = TableDefinition::new("values");
/// Keyed hash of 32 bytes (5), serial (4).
pub const BY_VALUE: TableDefinition<[u8; 9], ()> = TableDefinition::new("by_value");
/// Number → zstd dictionary; kept as long as a record needs it.
pub const DICTIONARIES: TableDefinition<u32, &[u8]> = TableDefinition::new("dictionaries");
/// Name → what the database says about itself: its format, the secret of its hashes, how often it was written.
pub const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
