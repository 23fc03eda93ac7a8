//! Step 7: an event's place is its time, six bytes of it. The table of events is in order of time by itself, the record
//! need not say when, and an entry of an index ends in the place and no time beside it.
//!
//! From here on the tables are those of [`crate::store`]: all entries of one are equally long.

use pooling::Recycle;
use redb::{Database, ReadOnlyTable, ReadableDatabase};

use super::s1_fixed_ids::Asked;
use super::s3_borrowed::Storage;
use super::s4_binary::{read_text, take, write_text};
use super::{Fallible, SECRET};
use crate::event::{Event, EventId, PublicKey, Signature};
use crate::filter::Filter;
use crate::store::changes::{Changes, span, value_key};
use crate::store::record::{Lookup, Values};
use crate::store::tables::{self, Bytes};
use crate::store::values::Secret;
use crate::store::{Serial, StoreError, Tables, Tid};

/// How an event is written, where it is kept under its time.
pub(super) trait Codec: Default + Send + 'static {
    /// Writes all but the time, in place of what is there.
    fn write(&mut self, event: &Event, values: &mut Open, record: &mut Vec<u8>) -> Fallible<()>;

    /// Reads it, and computes the id.
    fn read(&mut self, at: Tid, record: &[u8], values: &Open, event: &mut Event) -> Fallible<()>;
}

// ANCHOR: time_key
#[derive(Default)]
pub(super) struct Timeless;

impl Codec for Timeless {
    fn write(&mut self, event: &Event, values: &mut Open, record: &mut Vec<u8>) -> Fallible<()> {
        record.clear();
        let author = values.serial(event.pubkey.as_bytes())?;
        record.extend_from_slice(&author.to_be_bytes());
        record.extend_from_slice(event.sig.as_bytes());
        record.extend_from_slice(&event.kind.to_be_bytes());
        let mut failed = Ok(());
        write_text(event, record, |text| {
            let value = EventId::from_hex(text.as_bytes()).ok()?;
            let number = values.serial(value.as_bytes());
            number.map_err(|error| failed = Err(error)).ok()
        });
        Ok(failed?)
    }

    fn read(
        &mut self,
        at: Tid,
        mut record: &[u8],
        values: &Open,
        event: &mut Event,
    ) -> Fallible<()> {
        event.clear();
        event.created_at = u32::from_be_bytes(at.second()).into();
        // ANCHOR_END: time_key
        let author = Serial::from_be_bytes(take(&mut record)?);
        event.pubkey = PublicKey::new(values.value(author)?);
        event.sig = Signature::new(take(&mut record)?);
        event.kind = u16::from_be_bytes(take(&mut record)?);
        read_text(record, event, |number| Ok(values.value(number)?))?;
        event.id = event.canonical_id();
        Ok(())
    }
}

/// The tables as a commit left them, and what comes with the next.
pub(super) struct Open {
    tables: Tables,
    hashes: Secret,
    changes: Changes,
}

impl Open {
    /// The number of 32 bytes, if they have one.
    fn known(&self, value: &[u8; 32]) -> Result<Option<Serial>, StoreError> {
        if let Some(new) = self.changes.serial(value) {
            return Ok(Some(new));
        }
        let [first, last] = [0, Serial::MAX].map(|end| value_key(&self.hashes, value, end));
        for entry in self.tables.by_value.range(first..=last)? {
            let [_, _, _, _, number @ ..] = entry?.0.value();
            let number = Serial::from_be_bytes(number);
            if self.value(number)? == *value {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}

impl Values for Open {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        match self.known(value)? {
            Some(known) => Ok(known),
            None => self.changes.intern(value),
        }
    }
}

impl Lookup for Open {
    type Error = StoreError;

    fn value(&self, number: Serial) -> Result<[u8; 32], StoreError> {
        let value = self.tables.values.get(number)?;
        let value = value.ok_or_else(|| StoreError::Corrupt(format!("no value {number}")))?;
        Ok(value.value())
    }
}

/// Events in order of time.
pub(super) struct Timed<C> {
    database: Database,
    open: Open,
    codec: C,
    record: Vec<u8>,
    found: Vec<Tid>,
    event: Event,
}

impl<C: Codec> Storage for Timed<C> {
    fn create(database: Database) -> Fallible<Self> {
        let transaction = database.begin_write()?;
        Tables::create(&transaction)?;
        transaction.commit()?;
        Ok(Self {
            open: Open {
                tables: Tables::open(&database.begin_read()?)?,
                hashes: Secret::new(SECRET),
                changes: Changes::default(),
            },
            database,
            codec: C::default(),
            record: Vec::with_capacity(4 << 10),
            found: Vec::new(),
            event: Event::default(),
        })
    }

    fn has(&mut self, id: &EventId) -> Fallible<bool> {
        Ok(self.place_of(id)?.is_some())
    }

    fn store(&mut self, events: &[Event]) -> Fallible<()> {
        let Self { open, record, .. } = self;
        for event in events {
            // No two events of the stream share a second.
            let place = Tid::new(event.created_at, 0);
            self.codec.write(event, open, record)?;
            let author = open.serial(event.pubkey.as_bytes())?;
            open.changes.enter(place, record);
            open.changes.keys(event, author, place, &open.hashes, true);
        }
        let transaction = self.database.begin_write()?;
        open.changes.apply(&transaction, &open.hashes)?;
        transaction.commit()?;
        let next = open.changes.first_serial + open.changes.values.count() as Serial;
        open.changes.clear();
        open.changes.first_serial = next;
        open.tables = Tables::open(&self.database.begin_read()?)?;
        Ok(())
    }

    fn find(&mut self, filter: &Filter, found: &mut dyn FnMut(&Event)) -> Fallible<()> {
        self.found.clear();
        for id in filter.ids.iter().flatten() {
            if let Some(place) = self.place_of(id)? {
                self.found.push(place);
            }
        }
        for asked in Asked::by_filter(filter) {
            self.scan(asked, filter)?;
        }
        self.found.sort_unstable_by(|one, other| other.cmp(one));
        self.found.dedup();
        let mut left = filter.limit.unwrap_or(usize::MAX);
        for number in 0..self.found.len() {
            self.read(self.found[number])?;
            if left > 0 && filter.matches(&self.event) {
                found(&self.event);
                left -= 1;
            }
        }
        Ok(())
    }
}

impl<C: Codec> Timed<C> {
    fn place_of(&mut self, id: &EventId) -> Fallible<Option<Tid>> {
        let hash = self.open.hashes.id_key(id);
        for entry in self.open.tables.by_id.range(span(hash))? {
            let place = Tid::of(&entry?.0.value());
            self.read(place)?;
            if self.event.id == *id {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn read(&mut self, place: Tid) -> Fallible<()> {
        let Self { open, record, .. } = self;
        record.clear();
        let stored = open.tables.events.get(place.0)?;
        record.extend_from_slice(stored.ok_or("an entry leads nowhere")?.value());
        if record.is_empty() {
            let parts = tables::part(place, 0)..=tables::part(place, u16::MAX);
            for part in open.tables.long.range(parts)? {
                record.extend_from_slice(part?.1.value());
            }
        }
        self.codec.read(place, record, open, &mut self.event)
    }

    // ANCHOR: time_scan
    fn scan(&mut self, asked: Asked, filter: &Filter) -> Fallible<()> {
        let Self { open, found, .. } = self;
        let Open { tables, hashes, .. } = &*open;
        match asked {
            Asked::Kind(kind) => places(&tables.by_kind, kind.to_be_bytes(), filter, found),
            Asked::Tag(letter, value) => {
                places(&tables.by_tag, hashes.tag_key(letter, value), filter, found)
            }
            Asked::Author(author, kind) => match open.known(author.as_bytes())? {
                Some(author) => {
                    let prefix = tables::author_kind(author, kind);
                    places(&tables.by_author, prefix, filter, found)
                }
                None => Ok(()),
            },
        }
    }
    // ANCHOR_END: time_scan
}

/// Adds the places under a prefix, of the times that a filter asks for.
fn places<const P: usize, const N: usize>(
    index: &ReadOnlyTable<Bytes<N>, ()>,
    prefix: [u8; P],
    filter: &Filter,
    found: &mut Vec<Tid>,
) -> Fallible<()> {
    let first = Tid::new(filter.since.unwrap_or(0), 0);
    let last = Tid::new(filter.until.unwrap_or(u64::MAX), u16::MAX);
    let entries: std::ops::RangeInclusive<[u8; N]> =
        tables::key(prefix, first)..=tables::key(prefix, last);
    for entry in index.range(entries)? {
        found.push(Tid::of(&entry?.0.value()));
    }
    Ok(())
}
