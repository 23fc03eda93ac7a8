//! Step 5: 32 bytes are stored once and have a number; so has an event. Whatever refers to them names the number.

use std::collections::HashMap;

use pooling::Recycle;
use redb::{Database, ReadOnlyTable, ReadableDatabase, WriteTransaction};

use super::s1_fixed_ids::{Asked, INDEX, Tables};
use super::s3_borrowed::Layout;
use super::s4_binary::{read_text, take, write_text};
use super::{Fallible, Seeded};
use crate::event::{Event, EventId, PublicKey, Signature};
use crate::store::Serial;
use crate::store::tables::{Bytes, VALUES};

/// What is stored to find a thing by: all of it, or less.
pub(super) trait Hints: Default + Send + 'static {
    /// Whether that is all of it, so that nothing need be compared, and an event's id is in its record.
    const WHOLE: bool;

    /// For an id.
    fn id(&self, id: &EventId, key: &mut Vec<u8>);

    /// For 32 bytes that have a number.
    fn value(&self, value: &[u8; 32], key: &mut Vec<u8>);

    /// For a tag. Says whether there is one: else the value's number does, or its text.
    fn tag(&self, letter: u8, value: &str, key: &mut Vec<u8>) -> bool;
}

/// 32 bytes, 32 bytes, and the text.
#[derive(Default)]
pub(super) struct Whole;

impl Hints for Whole {
    const WHOLE: bool = true;

    fn id(&self, id: &EventId, key: &mut Vec<u8>) {
        key.extend_from_slice(id.as_bytes());
    }

    fn value(&self, value: &[u8; 32], key: &mut Vec<u8>) {
        key.extend_from_slice(value);
    }

    fn tag(&self, _: u8, _: &str, _: &mut Vec<u8>) -> bool {
        false
    }
}

/// Events under numbers, and their values too.
#[derive(Default)]
pub(super) struct Numbered<H> {
    hints: H,
    /// The numbers of the next event, and of the next value.
    next_event: u32,
    next_value: Serial,
    values: Option<ReadOnlyTable<Serial, Bytes<32>>>,
    /// What comes with the next commit.
    new_events: Vec<(EventId, u32)>,
    new_values: HashMap<[u8; 32], Serial, Seeded>,
    key: Vec<u8>,
}

// ANCHOR: serials
impl<H: Hints> Numbered<H> {
    /// The number of 32 bytes, which get one now if they have none.
    fn number(&mut self, tables: &Tables, value: &[u8; 32]) -> Fallible<Serial> {
        if let Some(known) = self.known(tables, value)? {
            return Ok(known);
        }
        let new = self.next_value;
        self.next_value += 1;
        self.new_values.insert(*value, new);
        Ok(new)
    }

    /// The number of 32 bytes, if they have one.
    fn known(&mut self, tables: &Tables, value: &[u8; 32]) -> Fallible<Option<Serial>> {
        if let Some(new) = self.new_values.get(value) {
            return Ok(Some(*new));
        }
        self.key.clear();
        self.key.push(b'=');
        self.hints.value(value, &mut self.key);
        for number in under(tables, &mut self.key)? {
            let number = Serial::from_be_bytes(number?);
            if H::WHOLE || self.value(number)? == *value {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// What has a number.
    fn value(&self, number: Serial) -> Fallible<[u8; 32]> {
        let values = self.values.as_ref().ok_or("nothing is stored")?;
        Ok(values
            .get(number)?
            .ok_or("a number stands for nothing")?
            .value())
    }
}
// ANCHOR_END: serials

/// The ends of all entries that begin with a key.
fn under(
    tables: &Tables,
    key: &mut Vec<u8>,
) -> Fallible<impl Iterator<Item = Fallible<[u8; 4]>> + use<>> {
    let first = key.clone();
    key.extend_from_slice(&[0xff; 5]);
    let entries = tables.index.range(first.as_slice()..key.as_slice())?;
    Ok(entries.map(|entry| {
        let (key, _) = entry?;
        let end = key.value().last_chunk().copied();
        Ok(end.ok_or("an entry ends too early")?)
    }))
}

impl<H: Hints> Layout<4> for Numbered<H> {
    fn create(&mut self, database: &Database) -> Fallible<()> {
        let transaction = database.begin_write()?;
        transaction.open_table(VALUES)?;
        Ok(transaction.commit()?)
    }

    fn find(&mut self, tables: &Tables, id: &EventId) -> Fallible<Option<[u8; 4]>> {
        self.key.clear();
        self.key.push(b'#');
        self.hints.id(id, &mut self.key);
        let mut event = Event::default();
        for place in under(tables, &mut self.key)? {
            let place = place?;
            if H::WHOLE {
                return Ok(Some(place));
            }
            let record = tables
                .events
                .get(&place[..])?
                .ok_or("an entry leads nowhere")?;
            self.read(tables, record.value(), &mut event)?;
            if event.id == *id {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn place(&mut self, event: &Event) -> [u8; 4] {
        let new = self.next_event;
        self.next_event += 1;
        self.new_events.push((event.id, new));
        new.to_be_bytes()
    }

    // ANCHOR: serial_keys
    fn prefix(&mut self, tables: &Tables, asked: Asked, key: &mut Vec<u8>) -> Fallible<bool> {
        match asked {
            Asked::Kind(_) => asked.write(key),
            Asked::Author(author, kind) => {
                let Some(author) = self.known(tables, author.as_bytes())? else {
                    return Ok(false);
                };
                key.push(b'a');
                key.extend_from_slice(&author.to_be_bytes());
                key.extend_from_slice(&kind.to_be_bytes());
            }
            Asked::Tag(letter, value) => {
                key.push(b't');
                if self.hints.tag(letter, value, key) {
                    return Ok(true);
                }
                key.push(letter);
                let Ok(id) = EventId::from_hex(value.as_bytes()) else {
                    key.extend_from_slice(value.as_bytes());
                    return Ok(true);
                };
                let Some(number) = self.known(tables, id.as_bytes())? else {
                    return Ok(false);
                };
                key.extend_from_slice(&number.to_be_bytes());
            }
        }
        Ok(true)
    }
    // ANCHOR_END: serial_keys

    fn write(&mut self, tables: &Tables, event: &Event, record: &mut Vec<u8>) -> Fallible<()> {
        record.clear();
        if H::WHOLE {
            record.extend_from_slice(event.id.as_bytes());
        }
        let author = self.number(tables, event.pubkey.as_bytes())?;
        record.extend_from_slice(&author.to_be_bytes());
        record.extend_from_slice(event.sig.as_bytes());
        record.extend_from_slice(&event.created_at.to_be_bytes());
        record.extend_from_slice(&event.kind.to_be_bytes());
        let mut failed = Ok(());
        write_text(event, record, |text| {
            let value = EventId::from_hex(text.as_bytes()).ok()?;
            let number = self.number(tables, value.as_bytes());
            number.map_err(|error| failed = Err(error)).ok()
        });
        failed
    }

    fn read(&mut self, _: &Tables, mut record: &[u8], event: &mut Event) -> Fallible<()> {
        event.clear();
        if H::WHOLE {
            event.id = EventId::new(take(&mut record)?);
        }
        let author = Serial::from_be_bytes(take(&mut record)?);
        event.pubkey = PublicKey::new(self.value(author)?);
        event.sig = Signature::new(take(&mut record)?);
        event.created_at = u64::from_be_bytes(take(&mut record)?);
        event.kind = u16::from_be_bytes(take(&mut record)?);
        read_text(record, event, |number| self.value(number))?;
        if !H::WHOLE {
            event.id = event.canonical_id();
        }
        Ok(())
    }

    fn commit(&mut self, transaction: &WriteTransaction) -> Fallible<()> {
        let mut index = transaction.open_table(INDEX)?;
        let mut values = transaction.open_table(VALUES)?;
        let Self { hints, key, .. } = self;
        for (id, number) in self.new_events.drain(..) {
            key.clear();
            key.push(b'#');
            hints.id(&id, key);
            key.extend_from_slice(&number.to_be_bytes());
            index.insert(key.as_slice(), ())?;
        }
        for (value, number) in self.new_values.drain() {
            key.clear();
            key.push(b'=');
            hints.value(&value, key);
            key.extend_from_slice(&number.to_be_bytes());
            index.insert(key.as_slice(), ())?;
            values.insert(number, value)?;
        }
        Ok(())
    }

    fn committed(&mut self, database: &Database) -> Fallible<()> {
        self.values = Some(database.begin_read()?.open_table(VALUES)?);
        Ok(())
    }
}
