//! Step 2: what is needed again is kept: the room of a batch, of a frame, of a key, and the tables while nothing
//! changes them.

use std::collections::HashMap;
use std::io::Write;

use interning::FixedSeed;
use redb::Database;
use serde_json::Value;

use super::Fallible;
use super::s1_fixed_ids::{Asked, EVENTS, INDEX, Note, Tables, answer_from, filters_of};
use super::stream::BATCH;
use super::tasks::{Client, Relay};
use crate::event::EventId;
use crate::filter::Filter;
use crate::wire::SubId;

// ANCHOR: buffers
pub(super) struct Buffers {
    database: Database,
    tables: Tables,
    pending: HashMap<EventId, Note, FixedSeed>,
    subscriptions: Vec<(SubId, Vec<Filter>, Client)>,
    /// A frame, or a record, and a key.
    text: Vec<u8>,
    key: Vec<u8>,
}

impl Relay for Buffers {
    fn publish(&mut self, frame: &str) -> Fallible<bool> {
        let message: Value = serde_json::from_str(frame)?;
        let note = Note::of(message[1].clone())?;
        let stored = &self.tables.events;
        if self.pending.contains_key(&note.id) || stored.get(&note.id.as_bytes()[..])?.is_some() {
            return Ok(false);
        }
        for (name, filters, client) in &self.subscriptions {
            if filters.iter().any(|filter| note.matches(filter)) {
                self.text.clear();
                write!(self.text, r#"["EVENT","{}",{}]"#, &name[..], note.dom)?;
                client.send(self.text.clone())?;
            }
        }
        self.pending.insert(note.id, note);
        Ok(true)
    }

    fn commit(&mut self) -> Fallible<()> {
        let transaction = self.database.begin_write()?;
        let mut events = transaction.open_table(EVENTS)?;
        let mut index = transaction.open_table(INDEX)?;
        let Self { text, key, .. } = self;
        for (id, note) in self.pending.drain() {
            text.clear();
            write!(text, "{}", note.dom)?;
            events.insert(&id.as_bytes()[..], text.as_slice())?;
            for asked in Asked::of_event(note.pubkey, note.kind, note.letters()) {
                key.clear();
                asked.write(key);
                key.extend_from_slice(&note.created_at.to_be_bytes());
                key.extend_from_slice(id.as_bytes());
                index.insert(key.as_slice(), ())?;
            }
        }
        drop((events, index));
        transaction.commit()?;
        self.tables = Tables::open(&self.database)?;
        Ok(())
    }
    // ANCHOR_END: buffers

    fn open(database: Database) -> Fallible<Self> {
        Ok(Self {
            tables: Tables::create(&database)?,
            database,
            pending: HashMap::with_capacity_and_hasher(BATCH, FixedSeed::default()),
            subscriptions: Vec::new(),
            text: Vec::with_capacity(4 << 10),
            key: Vec::with_capacity(128),
        })
    }

    fn subscribe(&mut self, request: &str, client: Client) -> Fallible<()> {
        let (name, filters) = filters_of(request)?;
        self.subscriptions.push((name, filters, client));
        Ok(())
    }

    fn ask(&mut self, request: &str, answer: &mut dyn FnMut(&[u8])) -> Fallible<()> {
        answer_from(&self.tables, request, answer)
    }
}
