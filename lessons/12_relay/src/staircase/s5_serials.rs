//! Step 5: 32 bytes are stored once and have a number; so has an event. Whatever refers to them names the number.

use std::collections::HashMap;

use interning::FixedSeed;
use pooling::Recycle;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition, WriteTransaction};

use super::Fallible;
use super::s1_fixed_ids::{Asked, Tables};
use super::s3_borrowed::Layout;
use super::s4_binary::{read_text, take, write_text};
use crate::event::{Event, EventId, PublicKey, Signature};
use crate::store::Serial;
use crate::store::tables::{Bytes, VALUES};

/// What a number stands for, before its 32 bytes.
pub(super) const ID: u8 = b'#';
pub(super) const VALUE: u8 = b'=';

const NUMBERS: TableDefinition<Bytes<33>, u32> = TableDefinition::new("numbers");

/// The tables of numbers as a commit left them.
pub(super) struct Opened {
    numbers: ReadOnlyTable<Bytes<33>, u32>,
    values: ReadOnlyTable<Serial, Bytes<32>>,
}

/// A number, and what it stands for.
pub(super) type Entry = (u8, [u8; 32], u32);

/// How numbers are found.
pub(super) trait Hints: Default + Send + 'static {
    /// Whether by all of what they stand for, so that nothing need be compared, and an event's id is in its record.
    const WHOLE: bool;

    /// Enters numbers.
    fn enter(
        &self,
        transaction: &WriteTransaction,
        entries: impl Iterator<Item = Entry>,
    ) -> Fallible<()>;

    /// The numbers that may stand for something.
    fn look_up(
        &self,
        tables: (&Tables, &Opened),
        what: (u8, &[u8; 32]),
        found: &mut Vec<u32>,
    ) -> Fallible<()>;

    /// Writes what a tag is found by, if that isn't its number or its text.
    fn tag(&self, letter: u8, value: &str, key: &mut Vec<u8>) -> bool;
}

/// By all 32 bytes.
#[derive(Default)]
pub(super) struct Whole;

impl Hints for Whole {
    const WHOLE: bool = true;

    fn enter(
        &self,
        transaction: &WriteTransaction,
        entries: impl Iterator<Item = Entry>,
    ) -> Fallible<()> {
        let mut numbers = transaction.open_table(NUMBERS)?;
        for (of, value, number) in entries {
            numbers.insert(whole(of, &value), number)?;
        }
        Ok(())
    }

    fn look_up(
        &self,
        (_, opened): (&Tables, &Opened),
        (of, value): (u8, &[u8; 32]),
        found: &mut Vec<u32>,
    ) -> Fallible<()> {
        let number = opened.numbers.get(whole(of, value))?;
        found.extend(number.map(|number| number.value()));
        Ok(())
    }

    fn tag(&self, _: u8, _: &str, _: &mut Vec<u8>) -> bool {
        false
    }
}

fn whole(of: u8, value: &[u8; 32]) -> [u8; 33] {
    let mut key = [of; 33];
    key[1..].copy_from_slice(value);
    key
}

/// Events under numbers, and their values too.
#[derive(Default)]
pub(super) struct Numbered<H> {
    hints: H,
    /// The numbers of the next event, and of the next value.
    next_event: u32,
    next_value: Serial,
    opened: Option<Opened>,
    /// What comes with the next commit.
    new_events: Vec<(EventId, u32)>,
    new_values: HashMap<[u8; 32], Serial, FixedSeed>,
    found: Vec<u32>,
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
        self.look_up(tables, VALUE, value)?;
        for &number in &self.found {
            if H::WHOLE || self.value(number)? == *value {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// What has a number.
    fn value(&self, number: Serial) -> Fallible<[u8; 32]> {
        let value = self.opened()?.values.get(number)?;
        Ok(value.ok_or("a number stands for nothing")?.value())
    }
    // ANCHOR_END: serials

    fn look_up(&mut self, tables: &Tables, of: u8, value: &[u8; 32]) -> Fallible<()> {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        let opened = (tables, self.opened()?);
        let looked_up = self.hints.look_up(opened, (of, value), &mut found);
        self.found = found;
        looked_up
    }

    fn opened(&self) -> Fallible<&Opened> {
        Ok(self.opened.as_ref().ok_or("nothing is stored")?)
    }
}

impl<H: Hints> Layout<4> for Numbered<H> {
    fn create(&mut self, database: &Database) -> Fallible<()> {
        let transaction = database.begin_write()?;
        transaction.open_table(VALUES)?;
        transaction.open_table(NUMBERS)?;
        transaction.commit()?;
        self.committed(database)
    }

    fn find(&mut self, tables: &Tables, id: &EventId) -> Fallible<Option<[u8; 4]>> {
        self.look_up(tables, ID, id.as_bytes())?;
        for number in 0..self.found.len() {
            let place = self.found[number].to_be_bytes();
            if H::WHOLE || self.id_at(tables, place)? == *id {
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
        let mut values = transaction.open_table(VALUES)?;
        for (value, number) in &self.new_values {
            values.insert(number, value)?;
        }
        let events = self.new_events.drain(..);
        let events = events.map(|(id, number)| (ID, id.into_bytes(), number));
        let values = self.new_values.drain();
        let values = values.map(|(value, number)| (VALUE, value, number));
        self.hints.enter(transaction, events.chain(values))
    }

    fn committed(&mut self, database: &Database) -> Fallible<()> {
        let transaction = database.begin_read()?;
        self.opened = Some(Opened {
            numbers: transaction.open_table(NUMBERS)?,
            values: transaction.open_table(VALUES)?,
        });
        Ok(())
    }
}

impl<H: Hints> Numbered<H> {
    fn id_at(&mut self, tables: &Tables, place: [u8; 4]) -> Fallible<EventId> {
        let record = tables.events.get(&place[..])?;
        let mut event = Event::default();
        self.read(
            tables,
            record.ok_or("an entry leads nowhere")?.value(),
            &mut event,
        )?;
        Ok(event.id)
    }
}
