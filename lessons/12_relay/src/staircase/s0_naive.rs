//! Step 0: what a hurried programmer writes.
//!
//! A message is a tree of `serde_json::Value`, an id is the text of its digits, an event is stored as its JSON, and
//! every key is put together by `format!`.

use std::collections::HashMap;

use interning::FixedSeed;
use redb::{Database, ReadableDatabase, TableDefinition};
use serde_json::{Value, json};

use super::Fallible;
use super::tasks::{Client, Relay};

const EVENTS: TableDefinition<&str, &str> = TableDefinition::new("events");
const INDEX: TableDefinition<&str, ()> = TableDefinition::new("index");
const DIGITS: usize = 64;

// ANCHOR: naive
pub(super) struct Naive {
    database: Database,
    /// What comes with the next commit, by id.
    pending: HashMap<String, Value, FixedSeed>,
    subscriptions: HashMap<String, (Vec<Value>, Client), FixedSeed>,
}

impl Relay for Naive {
    fn publish(&mut self, frame: &str) -> Fallible<bool> {
        let message: Value = serde_json::from_str(frame)?;
        let event = message[1].clone();
        let id = text(&event["id"]).to_owned();
        if self.pending.contains_key(&id) || self.is_stored(&id)? {
            return Ok(false);
        }
        for (name, (filters, client)) in &self.subscriptions {
            if filters.iter().any(|filter| matches(filter, &event)) {
                let message = json!(["EVENT", name, event.clone()]);
                client.send(message.to_string().into_bytes())?;
            }
        }
        self.pending.insert(id, event);
        Ok(true)
    }

    fn commit(&mut self) -> Fallible<()> {
        let transaction = self.database.begin_write()?;
        for (id, event) in self.pending.drain() {
            let mut events = transaction.open_table(EVENTS)?;
            events.insert(id.as_str(), event.to_string().as_str())?;
            for key in index_keys(&event) {
                transaction.open_table(INDEX)?.insert(key.as_str(), ())?;
            }
        }
        Ok(transaction.commit()?)
    }
    // ANCHOR_END: naive

    fn open(database: Database) -> Fallible<Self> {
        let transaction = database.begin_write()?;
        transaction.open_table(EVENTS)?;
        transaction.open_table(INDEX)?;
        transaction.commit()?;
        Ok(Self {
            database,
            pending: HashMap::default(),
            subscriptions: HashMap::default(),
        })
    }

    fn subscribe(&mut self, request: &str, client: Client) -> Fallible<()> {
        let message: Vec<Value> = serde_json::from_str(request)?;
        let filters = message[2..].to_vec();
        self.subscriptions
            .insert(text(&message[1]).to_owned(), (filters, client));
        Ok(())
    }

    fn ask(&mut self, request: &str, answer: &mut dyn FnMut(&[u8])) -> Fallible<()> {
        let message: Value = serde_json::from_str(request)?;
        let filter = &message[2];
        let mut ids: Vec<String> = values(&filter["ids"])
            .map(|id| text(id).to_owned())
            .collect();
        for prefix in prefixes(filter) {
            ids.extend(self.scan(&prefix, filter)?);
        }
        let transaction = self.database.begin_read()?;
        let events = transaction.open_table(EVENTS)?;
        let mut found = Vec::new();
        for id in ids {
            if let Some(json) = events.get(id.as_str())? {
                let event: Value = serde_json::from_str(json.value())?;
                found.push((event["created_at"].as_u64(), event));
            }
        }
        found.retain(|(_, event)| matches(filter, event));
        found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        found.dedup();
        let limit = filter["limit"].as_u64().unwrap_or(u64::MAX);
        for (_, event) in found.into_iter().take(limit as usize) {
            let message = json!(["EVENT", message[1], event]);
            answer(message.to_string().as_bytes());
        }
        Ok(())
    }
}

impl Naive {
    fn is_stored(&self, id: &str) -> Fallible<bool> {
        let transaction = self.database.begin_read()?;
        Ok(transaction.open_table(EVENTS)?.get(id)?.is_some())
    }

    /// The ids under a prefix, of the times that a filter asks for.
    fn scan(&self, prefix: &str, filter: &Value) -> Fallible<Vec<String>> {
        let (since, until) = (filter["since"].as_u64(), filter["until"].as_u64());
        let first = format!("{prefix}{:010}", since.unwrap_or(0));
        let last = format!("{prefix}{:010}~", until.unwrap_or(u64::from(u32::MAX)));
        let mut ids = Vec::new();
        let transaction = self.database.begin_read()?;
        let index = transaction.open_table(INDEX)?;
        for entry in index.range(first.as_str()..=last.as_str())? {
            let (key, _) = entry?;
            let (_, id) = key.value().split_at(key.value().len() - DIGITS);
            ids.push(id.to_owned());
        }
        Ok(ids)
    }
}

// ANCHOR: naive_keys
fn index_keys(event: &Value) -> Vec<String> {
    let (kind, author) = (&event["kind"], text(&event["pubkey"]));
    let time = event["created_at"].as_u64().unwrap_or(0);
    let place = format!("{time:010}:{}", text(&event["id"]));
    let mut keys = vec![
        format!("kind:{kind}:{place}"),
        format!("author:{author}:{kind}:{place}"),
    ];
    for (letter, value) in letters(event) {
        keys.push(format!("tag:{letter}:{value}:{place}"));
    }
    keys
}
// ANCHOR_END: naive_keys

/// What index keys begin with that lead to all that a filter can match.
fn prefixes(filter: &Value) -> Vec<String> {
    let mut prefixes = Vec::new();
    if filter.get("ids").is_some() {
        return prefixes;
    }
    for (name, wanted) in filter.as_object().into_iter().flatten() {
        if let Some(letter) = name.strip_prefix('#') {
            prefixes.extend(values(wanted).map(|value| format!("tag:{letter}:{}:", text(value))));
            return prefixes;
        }
    }
    for kind in values(&filter["kinds"]) {
        for author in values(&filter["authors"]) {
            prefixes.push(format!("author:{}:{kind}:", text(author)));
        }
        if filter.get("authors").is_none() {
            prefixes.push(format!("kind:{kind}:"));
        }
    }
    prefixes
}

fn matches(filter: &Value, event: &Value) -> bool {
    let time = event["created_at"].as_u64();
    let holds = |(name, wanted): (&String, &Value)| match name.as_str() {
        "ids" => values(wanted).any(|id| *id == event["id"]),
        "authors" => values(wanted).any(|author| *author == event["pubkey"]),
        "kinds" => values(wanted).any(|kind| *kind == event["kind"]),
        "since" => wanted.as_u64() <= time,
        "until" => wanted.as_u64() >= time,
        "limit" => true,
        tag => letters(event).any(|(letter, value)| {
            tag.strip_prefix('#') == Some(letter) && values(wanted).any(|one| text(one) == value)
        }),
    };
    filter
        .as_object()
        .is_some_and(|members| members.iter().all(holds))
}

fn letters(event: &Value) -> impl Iterator<Item = (&str, &str)> {
    values(&event["tags"]).filter_map(|tag| {
        let (letter, value) = (text(&tag[0]), tag.get(1)?.as_str()?);
        let is_letter = letter.len() == 1 && letter.as_bytes()[0].is_ascii_alphabetic();
        is_letter.then_some((letter, value))
    })
}

fn values(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
