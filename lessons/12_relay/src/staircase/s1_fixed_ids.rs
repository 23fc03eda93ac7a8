//! Step 1: ids and keys are 32 bytes, in memory and in the tables.
//!
//! The message is a tree still, but what it is found by is not: filters are those of [`crate::filter`], and keys are
//! bytes.

use std::collections::HashMap;

use interning::FixedSeed;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};
use serde_json::{Value, json};

use super::Fallible;
use super::tasks::{Client, Relay};
use crate::event::{EventId, PublicKey};
use crate::filter::Filter;
use crate::wire::{self, ClientMessage, FrameLimits, SubId};

pub(super) const EVENTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("events");
pub(super) const INDEX: TableDefinition<&[u8], ()> = TableDefinition::new("index");

/// Both tables as a commit left them.
pub(super) struct Tables {
    pub(super) events: ReadOnlyTable<&'static [u8], &'static [u8]>,
    pub(super) index: ReadOnlyTable<&'static [u8], ()>,
}

impl Tables {
    pub(super) fn create(database: &Database) -> Fallible<Self> {
        let transaction = database.begin_write()?;
        transaction.open_table(EVENTS)?;
        transaction.open_table(INDEX)?;
        transaction.commit()?;
        Self::open(database)
    }

    pub(super) fn open(database: &Database) -> Fallible<Self> {
        let transaction = database.begin_read()?;
        Ok(Self {
            events: transaction.open_table(EVENTS)?,
            index: transaction.open_table(INDEX)?,
        })
    }
}

// ANCHOR: note
/// An event: what it is found by, and the rest as it came.
pub(super) struct Note {
    pub(super) id: EventId,
    pub(super) pubkey: PublicKey,
    pub(super) created_at: u64,
    pub(super) kind: u16,
    pub(super) dom: Value,
}
// ANCHOR_END: note

impl Note {
    pub(super) fn of(dom: Value) -> Fallible<Self> {
        let text = |name: &str| dom[name].as_str().unwrap_or("").as_bytes();
        Ok(Self {
            id: EventId::from_hex(text("id"))?,
            pubkey: PublicKey::from_hex(text("pubkey"))?,
            created_at: dom["created_at"].as_u64().ok_or("no time")?,
            kind: dom["kind"].as_u64().unwrap_or(0).try_into()?,
            dom,
        })
    }

    pub(super) fn letters(&self) -> impl Iterator<Item = (u8, &str)> + Clone {
        let tags = self.dom["tags"].as_array().into_iter().flatten();
        tags.filter_map(|tag| match tag.get(0)?.as_str()?.as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => Some((*letter, tag.get(1)?.as_str()?)),
            _ => None,
        })
    }

    pub(super) fn matches(&self, filter: &Filter) -> bool {
        let Self { id, pubkey, .. } = self;
        filter.matches_parts(id, pubkey, self.created_at, self.kind, self.letters())
    }
}

/// What somebody can ask for: each is the beginning of entries in the index.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    Kind(u16),
    Author(PublicKey, u16),
    Tag(u8, &'a str),
}

impl<'a> Asked<'a> {
    /// Under what an event is found.
    pub(super) fn of_event(
        author: PublicKey,
        kind: u16,
        letters: impl Iterator<Item = (u8, &'a str)>,
    ) -> impl Iterator<Item = Self> {
        let tags = letters.map(|(letter, value)| Asked::Tag(letter, value));
        [Asked::Kind(kind), Asked::Author(author, kind)]
            .into_iter()
            .chain(tags)
    }

    /// Under what everything is found that a filter can match, ids aside.
    pub(super) fn by_filter(filter: &'a Filter) -> Vec<Self> {
        if let Some(tag) = filter.tags.first() {
            return tag
                .values
                .iter()
                .map(|value| Asked::Tag(tag.letter, value))
                .collect();
        }
        let mut asked = Vec::new();
        for &kind in filter.kinds.iter().flatten() {
            match &filter.authors {
                Some(authors) => asked.extend(authors.iter().map(|who| Asked::Author(*who, kind))),
                None if filter.ids.is_none() => asked.push(Asked::Kind(kind)),
                None => {}
            }
        }
        asked
    }

    // ANCHOR: fixed_keys
    /// Writes it: an author in 32 bytes, and so what a tag refers to.
    pub(super) fn write(self, key: &mut Vec<u8>) {
        match self {
            Asked::Kind(kind) => {
                key.push(b'k');
                key.extend_from_slice(&kind.to_be_bytes());
            }
            Asked::Author(author, kind) => {
                key.push(b'a');
                key.extend_from_slice(author.as_bytes());
                key.extend_from_slice(&kind.to_be_bytes());
            }
            Asked::Tag(letter, value) => {
                key.extend_from_slice(&[b't', letter]);
                match EventId::from_hex(value.as_bytes()) {
                    Ok(value) => key.extend_from_slice(value.as_bytes()),
                    Err(_) => key.extend_from_slice(value.as_bytes()),
                }
            }
        }
    }
    // ANCHOR_END: fixed_keys
}

/// Where events are, with their times.
pub(super) type Found<const N: usize> = Vec<(u64, [u8; N])>;

/// Adds what is entered under a prefix, of the times that a filter asks for: behind the prefix, an entry has its time
/// and its place.
pub(super) fn scan<const N: usize>(
    index: &ReadOnlyTable<&'static [u8], ()>,
    prefix: &mut Vec<u8>,
    filter: &Filter,
    found: &mut Found<N>,
) -> Fallible<()> {
    let length = prefix.len();
    let last = filter.until.unwrap_or(u64::MAX).saturating_add(1);
    let mut end = prefix.clone();
    prefix.extend_from_slice(&filter.since.unwrap_or(0).to_be_bytes());
    end.extend_from_slice(&last.to_be_bytes());
    for entry in index.range(prefix.as_slice()..end.as_slice())? {
        let (key, _) = entry?;
        let Some((time, place)) = key.value()[length..].split_first_chunk() else {
            continue;
        };
        // A longer value can begin like this one.
        if let Ok(place) = place.try_into() {
            found.push((u64::from_be_bytes(*time), place));
        }
    }
    Ok(())
}

/// The newest first, each once.
pub(super) fn newest_first<const N: usize>(found: &mut Found<N>) {
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup();
}

pub(super) fn filters_of(request: &str) -> Fallible<(SubId, Vec<Filter>)> {
    match wire::parse(request, &FrameLimits::default())? {
        ClientMessage::Req { sub, filters } => Ok((sub, filters)),
        _ => Err("this is no REQ".into()),
    }
}

pub(super) struct FixedIds {
    database: Database,
    pending: HashMap<EventId, Note, FixedSeed>,
    subscriptions: Vec<(SubId, Vec<Filter>, Client)>,
}

impl Relay for FixedIds {
    fn open(database: Database) -> Fallible<Self> {
        Tables::create(&database)?;
        Ok(Self {
            database,
            pending: HashMap::default(),
            subscriptions: Vec::new(),
        })
    }

    fn subscribe(&mut self, request: &str, client: Client) -> Fallible<()> {
        let (name, filters) = filters_of(request)?;
        self.subscriptions.push((name, filters, client));
        Ok(())
    }

    fn publish(&mut self, frame: &str) -> Fallible<bool> {
        let message: Value = serde_json::from_str(frame)?;
        let note = Note::of(message[1].clone())?;
        let is_stored = |id: &EventId| -> Fallible<bool> {
            Ok(Tables::open(&self.database)?
                .events
                .get(&id.as_bytes()[..])?
                .is_some())
        };
        if self.pending.contains_key(&note.id) || is_stored(&note.id)? {
            return Ok(false);
        }
        for (name, filters, client) in &self.subscriptions {
            if filters.iter().any(|filter| note.matches(filter)) {
                let message = json!(["EVENT", &name[..], note.dom.clone()]);
                client.send(message.to_string().into_bytes())?;
            }
        }
        self.pending.insert(note.id, note);
        Ok(true)
    }

    fn commit(&mut self) -> Fallible<()> {
        let transaction = self.database.begin_write()?;
        for (id, note) in self.pending.drain() {
            let mut events = transaction.open_table(EVENTS)?;
            events.insert(&id.as_bytes()[..], note.dom.to_string().as_bytes())?;
            let mut index = transaction.open_table(INDEX)?;
            for asked in Asked::of_event(note.pubkey, note.kind, note.letters()) {
                let mut key = Vec::new();
                asked.write(&mut key);
                key.extend_from_slice(&note.created_at.to_be_bytes());
                key.extend_from_slice(id.as_bytes());
                index.insert(key.as_slice(), ())?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn ask(&mut self, request: &str, answer: &mut dyn FnMut(&[u8])) -> Fallible<()> {
        answer_from(&Tables::open(&self.database)?, request, answer)
    }
}

/// Answers a REQ from the tables.
pub(super) fn answer_from(
    tables: &Tables,
    request: &str,
    answer: &mut dyn FnMut(&[u8]),
) -> Fallible<()> {
    let (name, filters) = filters_of(request)?;
    for filter in &filters {
        let mut notes = Vec::new();
        for id in candidates(tables, filter)? {
            if let Some(json) = tables.events.get(&id.as_bytes()[..])? {
                notes.push(Note::of(serde_json::from_slice(json.value())?)?);
            }
        }
        notes.retain(|note| note.matches(filter));
        notes.sort_by_key(|note| std::cmp::Reverse(note.created_at));
        for note in notes.into_iter().take(filter.limit.unwrap_or(usize::MAX)) {
            let message = json!(["EVENT", &name[..], note.dom]);
            answer(message.to_string().as_bytes());
        }
    }
    Ok(())
}

/// The ids of all that a filter can match.
fn candidates(tables: &Tables, filter: &Filter) -> Fallible<Vec<EventId>> {
    let mut found = Found::new();
    for asked in Asked::by_filter(filter) {
        let mut prefix = Vec::new();
        asked.write(&mut prefix);
        scan(&tables.index, &mut prefix, filter, &mut found)?;
    }
    newest_first(&mut found);
    let found = found.into_iter().map(|(_, id)| EventId::new(id));
    Ok(filter.ids.iter().flatten().copied().chain(found).collect())
}
