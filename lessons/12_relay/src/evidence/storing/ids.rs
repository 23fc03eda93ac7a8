//! A record without its id: where the id comes from then.

use redb::backends::InMemoryBackend;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};

use super::corpus::events;
use crate::event::{Event, EventId};
use crate::store::tables::Bytes;

const IDS: TableDefinition<Bytes<5>, Bytes<32>> = TableDefinition::new("ids");

/// Events as they come out of records, without their ids; and a table of those.
pub(crate) struct Stored {
    events: &'static [Event],
    ids: Option<ReadOnlyTable<Bytes<5>, Bytes<32>>>,
    /// Holds what the table reads.
    _database: Option<Database>,
}

impl Stored {
    /// So many.
    pub fn of(count: usize) -> Self {
        let events = events(count);
        let (database, ids) = table(events).ok().unzip();
        Self {
            events,
            ids,
            _database: database,
        }
    }
}

/// A number of five bytes leads to the id.
fn table(events: &[Event]) -> Result<(Database, ReadOnlyTable<Bytes<5>, Bytes<32>>), redb::Error> {
    let database = redb::Builder::new().create_with_backend(InMemoryBackend::new())?;
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(IDS)?;
        for (serial, event) in (0..).zip(events) {
            table.insert(key(serial), *event.id.as_bytes())?;
        }
    }
    transaction.commit()?;
    let ids = database.begin_read()?.open_table(IDS)?;
    Ok((database, ids))
}

fn key(serial: u64) -> [u8; 5] {
    let [_, _, _, key @ ..] = serial.to_be_bytes();
    key
}

// ANCHOR: looked_up
/// From a table of its own.
pub(crate) fn looked_up(stored: &Stored) -> Vec<EventId> {
    let id = |serial| {
        let row = stored.ids.as_ref()?.get(key(serial)).ok()??;
        Some(EventId::new(row.value()))
    };
    (0..stored.events.len() as u64)
        .map(|serial| id(serial).unwrap_or(EventId::ZERO))
        .collect()
}
// ANCHOR_END: looked_up

// ANCHOR: computed
/// From the event, whose hash it is.
pub(crate) fn computed(stored: &Stored) -> Vec<EventId> {
    stored.events.iter().map(Event::canonical_id).collect()
}
// ANCHOR_END: computed
