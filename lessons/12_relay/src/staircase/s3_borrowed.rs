//! Step 3: no tree. A frame is taken apart where it lies, and its event read into one that was used before; JSON is
//! written straight from that.
//!
//! From here on what a relay does with frames stays as it is, and only its [`Storage`] changes.

use pooling::{Limits, Shelf, Stack};
use redb::Database;

use super::Fallible;
use super::s1_fixed_ids::{Asked, EVENTS, Found, INDEX, Tables, filters_of, newest_first, scan};
use super::stream::BATCH;
use super::tasks::{Client, Relay};
use crate::event::{Event, EventId};
use crate::filter::Filter;
use crate::wire::{self, ClientMessage, FrameLimits, RawEvent, SubId};

/// Where events are kept, and found again.
pub(super) trait Storage: Sized + Send + 'static {
    /// Makes the tables.
    fn create(database: Database) -> Fallible<Self>;

    /// Whether an event is stored.
    fn has(&mut self, id: &EventId) -> Fallible<bool>;

    /// Stores events, all at once.
    fn store(&mut self, events: &[Event]) -> Fallible<()>;

    /// Reads what a filter matches, the newest first, into an event that is used again.
    fn find(&mut self, filter: &Filter, found: &mut dyn FnMut(&Event)) -> Fallible<()>;
}

// ANCHOR: borrowed
/// A relay that borrows what it can, over a storage.
pub(super) struct Borrowed<S> {
    storage: S,
    limits: FrameLimits,
    subscriptions: Vec<(SubId, Vec<Filter>, Client)>,
    pending: Vec<Event>,
    /// Events that were stored, to be used again.
    spare: Stack<Event>,
    json: Vec<u8>,
    frame: Vec<u8>,
}

impl<S: Storage> Relay for Borrowed<S> {
    fn publish(&mut self, frame: &str) -> Fallible<bool> {
        let raw = event_of(frame, &self.limits)?;
        let is_pending = self.pending.iter().any(|event| event.id == raw.id);
        if is_pending || self.storage.has(&raw.id)? {
            return Ok(false);
        }
        let mut event = self.spare.take().unwrap_or_default();
        raw.read_into(&mut event)?;
        for (name, filters, client) in &self.subscriptions {
            if Filter::matches_any(filters, &event) {
                write_frame(name, &event, &mut self.json, &mut self.frame);
                client.send(self.frame.clone())?;
            }
        }
        self.pending.push(event);
        Ok(true)
    }

    fn commit(&mut self) -> Fallible<()> {
        self.storage.store(&self.pending)?;
        for event in self.pending.drain(..) {
            self.spare.put(event);
        }
        Ok(())
    }
    // ANCHOR_END: borrowed

    fn open(database: Database) -> Fallible<Self> {
        Ok(Self {
            storage: S::create(database)?,
            limits: FrameLimits::default(),
            subscriptions: Vec::new(),
            pending: Vec::with_capacity(BATCH),
            spare: Stack::new(Limits::of(BATCH)),
            json: Vec::with_capacity(4 << 10),
            frame: Vec::with_capacity(4 << 10),
        })
    }

    fn subscribe(&mut self, request: &str, client: Client) -> Fallible<()> {
        let (name, filters) = filters_of(request)?;
        self.subscriptions.push((name, filters, client));
        Ok(())
    }

    fn ask(&mut self, request: &str, answer: &mut dyn FnMut(&[u8])) -> Fallible<()> {
        let (name, filters) = filters_of(request)?;
        let Self { json, frame, .. } = self;
        for filter in &filters {
            self.storage.find(filter, &mut |event| {
                write_frame(&name, event, json, frame);
                answer(frame);
            })?;
        }
        Ok(())
    }
}

/// What an EVENT holds, where it lies.
pub(super) fn event_of<'a>(frame: &'a str, limits: &FrameLimits) -> Fallible<RawEvent<'a>> {
    match wire::parse(frame, limits)? {
        ClientMessage::Event(event) => Ok(event),
        _ => Err("this is no EVENT".into()),
    }
}

/// Writes an event for a subscription, in place of what is there.
pub(super) fn write_frame(name: &SubId, event: &Event, json: &mut Vec<u8>, frame: &mut Vec<u8>) {
    json.clear();
    frame.clear();
    event.write_json(json);
    wire::write_event(frame, name, json);
}

/// How an event becomes a row of the table, and entries of the index that end in its place there.
pub(super) trait Layout<const N: usize>: Default + Send + 'static {
    /// Makes what it needs besides.
    fn create(&mut self, _database: &Database) -> Fallible<()> {
        Ok(())
    }

    /// The place of an event that is stored.
    fn find(&mut self, tables: &Tables, id: &EventId) -> Fallible<Option<[u8; N]>>;

    /// The place of an event that is new.
    fn place(&mut self, event: &Event) -> [u8; N];

    /// Writes what an entry begins with. `false` where nothing can be entered under it.
    fn prefix(&mut self, _: &Tables, asked: Asked, key: &mut Vec<u8>) -> Fallible<bool> {
        asked.write(key);
        Ok(true)
    }

    /// Writes a record, in place of what is there.
    fn write(&mut self, tables: &Tables, event: &Event, record: &mut Vec<u8>) -> Fallible<()>;

    /// Reads a record.
    fn read(&mut self, tables: &Tables, record: &[u8], event: &mut Event) -> Fallible<()>;

    /// Writes what it needs besides, and has the tables read anew.
    fn commit(&mut self, transaction: &redb::WriteTransaction) -> Fallible<()> {
        let _ = transaction;
        Ok(())
    }

    /// What was committed can be read now.
    fn committed(&mut self, _database: &Database) -> Fallible<()> {
        Ok(())
    }
}

/// A table of events and an index, of some layout.
pub(super) struct Rows<L, const N: usize> {
    database: Database,
    tables: Tables,
    layout: L,
    key: Vec<u8>,
    record: Vec<u8>,
    /// Where what was asked for is.
    found: Found<N>,
    event: Event,
}

impl<L: Layout<N>, const N: usize> Storage for Rows<L, N> {
    fn create(database: Database) -> Fallible<Self> {
        let mut layout = L::default();
        layout.create(&database)?;
        Ok(Self {
            tables: Tables::create(&database)?,
            database,
            layout,
            key: Vec::with_capacity(128),
            record: Vec::with_capacity(4 << 10),
            found: Vec::with_capacity(BATCH),
            event: Event::default(),
        })
    }

    fn has(&mut self, id: &EventId) -> Fallible<bool> {
        Ok(self.layout.find(&self.tables, id)?.is_some())
    }

    fn store(&mut self, events: &[Event]) -> Fallible<()> {
        let Self {
            tables,
            layout,
            key,
            record,
            ..
        } = self;
        let transaction = self.database.begin_write()?;
        let mut rows = transaction.open_table(EVENTS)?;
        let mut index = transaction.open_table(INDEX)?;
        for event in events {
            let place = layout.place(event);
            layout.write(tables, event, record)?;
            rows.insert(&place[..], record.as_slice())?;
            for asked in Asked::of_event(event.pubkey, event.kind, event.letters()) {
                key.clear();
                layout.prefix(tables, asked, key)?;
                key.extend_from_slice(&event.created_at.to_be_bytes());
                key.extend_from_slice(&place);
                index.insert(key.as_slice(), ())?;
            }
        }
        drop((rows, index));
        layout.commit(&transaction)?;
        transaction.commit()?;
        self.tables = Tables::open(&self.database)?;
        self.layout.committed(&self.database)
    }

    fn find(&mut self, filter: &Filter, found: &mut dyn FnMut(&Event)) -> Fallible<()> {
        let Self {
            tables,
            layout,
            key,
            event,
            ..
        } = self;
        self.found.clear();
        for id in filter.ids.iter().flatten() {
            if let Some(place) = layout.find(tables, id)? {
                let time = time_of(tables, layout, &place, event)?;
                self.found.push((time, place));
            }
        }
        for asked in Asked::by_filter(filter) {
            key.clear();
            if layout.prefix(tables, asked, key)? {
                scan(&tables.index, key, filter, &mut self.found)?;
            }
        }
        newest_first(&mut self.found);
        let mut left = filter.limit.unwrap_or(usize::MAX);
        for (_, place) in &self.found {
            time_of(tables, layout, place, event)?;
            if left > 0 && filter.matches(event) {
                found(event);
                left -= 1;
            }
        }
        Ok(())
    }
}

/// Reads the event at a place, and says when it was made.
fn time_of<L: Layout<N>, const N: usize>(
    tables: &Tables,
    layout: &mut L,
    place: &[u8; N],
    event: &mut Event,
) -> Fallible<u64> {
    let record = tables
        .events
        .get(&place[..])?
        .ok_or("an entry leads nowhere")?;
    layout.read(tables, record.value(), event)?;
    Ok(event.created_at)
}

/// How an event is written, where it is kept under its id.
pub(super) trait Format: Default + Send + 'static {
    fn write(&mut self, event: &Event, record: &mut Vec<u8>);
    fn read(&mut self, record: &[u8], event: &mut Event) -> Fallible<()>;
}

/// An event is kept under its id.
#[derive(Default)]
pub(super) struct ById<F>(F);

impl<F: Format> Layout<32> for ById<F> {
    fn find(&mut self, tables: &Tables, id: &EventId) -> Fallible<Option<[u8; 32]>> {
        let stored = tables.events.get(&id.as_bytes()[..])?;
        Ok(stored.map(|_| *id.as_bytes()))
    }

    fn place(&mut self, event: &Event) -> [u8; 32] {
        *event.id.as_bytes()
    }

    fn write(&mut self, _: &Tables, event: &Event, record: &mut Vec<u8>) -> Fallible<()> {
        record.clear();
        self.0.write(event, record);
        Ok(())
    }

    fn read(&mut self, _: &Tables, record: &[u8], event: &mut Event) -> Fallible<()> {
        self.0.read(record, event)
    }
}

/// As JSON still: read back as if it came in a frame.
#[derive(Default)]
pub(super) struct Json {
    limits: FrameLimits,
    frame: String,
}

impl Format for Json {
    fn write(&mut self, event: &Event, record: &mut Vec<u8>) {
        event.write_json(record);
    }

    fn read(&mut self, record: &[u8], event: &mut Event) -> Fallible<()> {
        let Self { limits, frame } = self;
        frame.clear();
        for part in [r#"["EVENT","#, str::from_utf8(record)?, "]"] {
            frame.push_str(part);
        }
        Ok(event_of(frame, limits)?.read_into(event)?)
    }
}
