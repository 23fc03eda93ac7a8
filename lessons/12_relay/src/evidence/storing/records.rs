//! Where the bytes of events go: as JSON, as plain binary, as records.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use interning::FixedSeed;

use super::corpus::{EVENTS, Table, each_record, events};
use super::engine;
use crate::event::{Event, EventId, PublicKey};
use crate::store::record::{self, Values};
use crate::store::tables::Serial;
use crate::upkeep::plain;

/// A row of each of the tables of values: number and value, hash and number.
const ROW: usize = 4 + 32 + 4 + 4;

/// What [`EVENTS`] events take, in bytes.
#[derive(Debug, Default)]
pub(super) struct Shares {
    pub json: usize,
    /// As plain binary: ids, keys, signature, time and kind as bytes, no index, nothing compressed.
    pub plain: usize,
    pub record: usize,
    /// Of `record`: compressed strings.
    pub strings: usize,
    /// The strings before that.
    pub text: usize,
    /// Of `record`: what stands for ids and keys, or they themselves.
    pub references: usize,
    /// How many ids and keys there are, authors among them.
    pub referred: usize,
    /// How many of them stay in their records, a byte before each.
    pub kept: usize,
    /// What the tables of values hold for them.
    pub values: usize,
}

/// Of all events.
pub(super) static SHARES: LazyLock<Shares> = LazyLock::new(|| Shares::of(events(EVENTS)));
/// Of the same without their contents.
static SHARES_OF_TAGS: LazyLock<Shares> = LazyLock::new(|| {
    let events: Vec<Event> = events(EVENTS).iter().map(without_content).collect();
    Shares::of(&events)
});

impl Shares {
    fn of(events: &[Event]) -> Self {
        let (mut shares, mut table) = (Self::default(), Table::default());
        each_record(events, &mut table, |event, record, text| {
            let mut json = Vec::new();
            event.write_json(&mut json);
            shares.json += json.len();
            shares.plain += plain(event).len();
            shares.record += record.len();
            shares.strings += record::strings_of(record).len();
            shares.text += text.len();
        });
        // The same with one byte for each: the rest of the difference is what the references take.
        let mut least = 0;
        each_record(events, &mut First, |_, record, _| least += record.len());
        shares.referred = table.asked.len();
        shares.kept = table.kept;
        shares.references = shares.record - (least - shares.referred);
        shares.values = table.numbered() * ROW;
        shares
    }

    /// Signatures.
    pub const SIGNATURES: usize = EVENTS * 64;

    /// Of `record`: kinds, shapes of tags, lengths, numbers, and contents that are base64.
    pub fn rest(&self) -> usize {
        self.record - Self::SIGNATURES - self.strings - self.references
    }

    /// What numbers take that stand for ids and keys, in bytes each.
    pub fn bytes_per_number(&self) -> f64 {
        (self.references - 33 * self.kept) as f64 / (self.referred - self.kept) as f64
    }
}

fn without_content(event: &Event) -> Event {
    let mut bare = Event::default();
    (bare.id, bare.pubkey, bare.sig) = (event.id, event.pubkey, event.sig);
    (bare.created_at, bare.kind) = (event.created_at, event.kind);
    for tag in event.tags() {
        bare.push_tag(tag.items());
    }
    bare
}

/// The first number for every value.
struct First;

impl Values for First {
    type Error = Infallible;

    fn serial(&mut self, _: &[u8; 32]) -> Result<Serial, Infallible> {
        Ok(0)
    }

    fn mention(&mut self, _: &[u8; 32]) -> Result<Option<Serial>, Infallible> {
        Ok(Some(0))
    }
}

/// What the record of an event with four known references takes besides its signature, in bytes: what the claim
/// counts, and kind, tag shapes and empty content besides.
pub(super) fn four_references() -> usize {
    let event = |ids: [u8; 4]| {
        let mut event = Event::default();
        event.kind = 1;
        event.pubkey = PublicKey::new([1; 32]);
        for id in ids {
            event.push_tag(["e", EventId::new([id; 32]).write_hex(&mut [0; 64])]);
        }
        event
    };
    // In the first record the ids stay themselves. They get their numbers in another order, so that none is the next.
    let events = [
        event([5, 4, 3, 2]),
        event([5, 4, 3, 2]),
        event([2, 3, 4, 5]),
    ];
    let mut last = 0;
    each_record(&events, &mut Table::default(), |_, record, _| {
        last = record.len() - 64;
    });
    last
}

/// How often the values that events refer to are referred to: each of them, and how many only once.
pub(super) struct Repeats {
    pub references: usize,
    pub values: usize,
    pub once: usize,
}

impl Repeats {
    pub fn measure() -> Self {
        let mut table = Table::default();
        each_record(events(EVENTS), &mut table, |_, _, _| {});
        let mut counts = HashMap::<[u8; 32], usize, FixedSeed>::default();
        for value in &table.asked {
            *counts.entry(*value).or_default() += 1;
        }
        Self {
            references: table.asked.len(),
            values: counts.len(),
            once: counts.values().filter(|count| **count == 1).count(),
        }
    }
}

/// From how many references on a value that is stored once, and numbers of five bytes, take no more than the value
/// each time: by the bytes of its rows, and by those of the tables' pages.
pub(super) fn break_even() -> [Option<usize>; 2] {
    [ROW as f64, engine::bytes_per_value()].map(|row| {
        let pays = |count: &usize| row + (count * 5) as f64 <= (count * 32) as f64;
        (1..100).find(pays)
    })
}

/// Seven bits a byte: how many a number takes.
pub(super) fn varint(number: u64) -> usize {
    (number.max(1).ilog2() / 7 + 1) as usize
}

/// What numbers of events take as variable-length integers, in bytes each on average.
pub(super) struct Varints {
    pub time: f64,
    /// The time since the event before.
    pub step: f64,
    pub kind: f64,
    pub tags: f64,
}

impl Varints {
    pub fn measure() -> Self {
        let mut events = events(EVENTS).to_vec();
        let mean = |number: &dyn Fn(&Event) -> u64, events: &[Event]| {
            let all: usize = events.iter().map(|event| varint(number(event))).sum();
            all as f64 / events.len() as f64
        };
        let time = mean(&|event| event.created_at, &events);
        let kind = mean(&|event| u64::from(event.kind), &events);
        let tags = mean(&|event| event.tags().len() as u64, &events);
        events.sort_unstable_by_key(|event| event.created_at);
        let steps: usize = (events.windows(2))
            .map(|pair| varint(pair[1].created_at - pair[0].created_at))
            .sum();
        Self {
            time,
            step: steps as f64 / (events.len() - 1) as f64,
            kind,
            tags,
        }
    }
}

/// What a type byte before each item of a tag would take, names left out; and what records take for kinds, shapes of
/// tags, lengths and numbers: all but strings, references, signature and contents. In bytes.
pub(super) fn flags_and_shapes() -> [usize; 2] {
    let tags = events(EVENTS).iter().flat_map(Event::tags);
    let items = tags.map(|tag| tag.items().skip(1).count());
    [items.sum(), SHARES_OF_TAGS.rest()]
}
