//! An answer that was given before: its events decoded again, decompressed, or copied as they lie in the cache.

use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::Arc;

use measuring::case::Input;
use zstd::bulk;

use super::live;
use crate::cache::{Answer, Asked, Events, Queries};
use crate::event::Event;
use crate::filter::Filter;
use crate::generate::Generator;
use crate::store::changes::NewValues;
use crate::store::dictionary::{Dictionaries, Dictionary, LEVEL};
use crate::store::record::{self, Corrupt, Lookup, Values};
use crate::store::strings::{Compressor, Decompressor};
use crate::store::tables::{Serial, Tid};

pub(super) const INPUTS: &[Input<Feed>] = &[("100_notes", Feed::sample)];

const ROWS: usize = 100;
const BUDGET: usize = 4 << 20;

/// Values by their number, in memory.
#[derive(Default)]
struct Table(NewValues);

impl Values for Table {
    type Error = Infallible;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Infallible> {
        Ok(self.0.intern(value))
    }
}

impl Lookup for Table {
    type Error = Corrupt;

    fn value(&self, serial: Serial) -> Result<[u8; 32], Corrupt> {
        self.0.get(serial).copied().ok_or(Corrupt::Number)
    }
}

/// What a reader has and uses again.
struct Reader {
    event: Event,
    strings: Decompressor,
    context: bulk::Decompressor<'static>,
    room: Vec<u8>,
    chunk: Vec<u8>,
}

/// One answer, in the three forms in which the relay has it.
pub(super) struct Feed {
    records: Vec<(Tid, Vec<u8>)>,
    values: Table,
    answer: Arc<Answer>,
    events: Events,
    json: usize,
    compressed: usize,
    reader: RefCell<Reader>,
}

/// Where an event is, itself, and its JSON.
type Row = (Tid, Event, Vec<u8>);

/// Notes as they are generated, the first of them.
fn notes(count: usize) -> Vec<Row> {
    let notes = Generator::new(5).filter(|event| event.kind == 1);
    let place = |(number, event): (usize, Event)| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        (Tid::new(event.created_at, number as u16), event, json)
    };
    notes.take(count).enumerate().map(place).collect()
}

/// Records an answer, and gives it back as the next one who asks gets it.
fn record(queries: &Arc<Queries>, kind: u16, rows: &[Row]) -> Option<Arc<Answer>> {
    let kinds = Some(vec![kind]);
    let filters: Arc<[Filter]> = Arc::new([Filter {
        kinds,
        ..Filter::default()
    }]);
    let mut recording = queries.record(&filters, 0);
    for (place, _, json) in rows {
        recording.push(*place, u64::MAX, json);
    }
    recording.finish();
    match queries.find(&filters, 0, 0) {
        Asked::Before(answer) => Some(answer),
        Asked::Again | Asked::First => None,
    }
}

impl Feed {
    pub fn sample() -> Self {
        let rows = notes(ROWS);
        let mut values = Table::default();
        let mut strings = Compressor::new(Dictionary::seed(LEVEL));
        let mut encode = |(place, event, _): &Row| {
            let mut record = Vec::new();
            let Ok(()) = record::encode(event, &mut values, &mut strings, &mut record);
            (*place, record)
        };
        let records = rows.iter().map(&mut encode).collect();
        let events = Events::with_budget(BUDGET);
        for (place, event, json) in &rows {
            events.insert(*place, 0, event, json);
        }
        let queries = Queries::with_budget(BUDGET, 0);
        let answer = record(&queries, 1, &rows).expect("its budget is far larger than this answer");
        let json = rows.iter().map(|(.., json)| json.len()).sum();
        let feed = Self {
            records,
            values,
            answer,
            events,
            json,
            compressed: compressed_length(&rows),
            reader: RefCell::new(Reader {
                event: Event::default(),
                strings: Decompressor::new(Arc::new(Dictionaries::new())),
                context: bulk::Decompressor::new().expect("zstd has memory"),
                room: Vec::new(),
                chunk: Vec::with_capacity(2 * json),
            }),
        };
        // A reader's buffers have their room: it has answered before.
        decoded(&feed);
        compressed(&feed);
        feed
    }

    pub fn json_bytes(&self) -> usize {
        self.json
    }

    pub fn compressed_bytes(&self) -> usize {
        self.compressed
    }
}

/// What the blocks of an answer come to when they are compressed as the cache does it.
fn compressed_length(rows: &[Row]) -> usize {
    let mut block = Vec::new();
    for (.., json) in rows {
        block.extend_from_slice(&(json.len() as u32).to_le_bytes());
        block.extend_from_slice(json);
    }
    // Shorter than a block of the cache's, which begins another at 64 KiB.
    block
        .chunks(64 << 10)
        .map(|block| bulk::compress(block, 1).map_or(0, |frame| frame.len()))
        .sum()
}

/// Answers in a cache that has room for more.
pub(super) struct Filled {
    /// Bytes of what zstd made of the answers.
    pub payload: usize,
    /// Bytes that the cache says it takes.
    pub accounted: usize,
    /// Bytes that it takes of the heap.
    pub live: usize,
}

impl Filled {
    pub fn sample() -> Self {
        const EACH: usize = 20;
        let rows = notes(5 * ROWS);
        let answers = rows.chunks(EACH);
        let payload = answers.clone().map(compressed_length).sum();
        let (queries, live) = live(|| {
            let queries = Queries::with_budget(BUDGET, 0);
            for (kind, rows) in (0..).zip(answers) {
                record(&queries, kind, rows);
            }
            queries
        });
        Self {
            payload,
            accounted: queries.figures().bytes,
            live,
        }
    }
}

// ANCHOR: decoded
/// From its records: as a query has them once it has found them.
pub(super) fn decoded(feed: &Feed) -> usize {
    let mut reader = feed.reader.borrow_mut();
    let Reader {
        event,
        strings,
        chunk,
        ..
    } = &mut *reader;
    chunk.clear();
    for (place, record) in &feed.records {
        if record::decode(*place, record, &feed.values, strings, event).is_ok() {
            event.write_json(chunk);
        }
    }
    chunk.len()
}
// ANCHOR_END: decoded

// ANCHOR: compressed
/// From the cache of answers: a block of many events at a time.
pub(super) fn compressed(feed: &Feed) -> usize {
    let mut reader = feed.reader.borrow_mut();
    let Reader {
        context,
        room,
        chunk,
        ..
    } = &mut *reader;
    chunk.clear();
    let mut block = 0;
    while let Ok(true) = feed.answer.read(block, context, room, |json| {
        chunk.extend_from_slice(json);
    }) {
        block += 1;
    }
    chunk.len()
}
// ANCHOR_END: compressed

// ANCHOR: kept
/// From the cache of events: JSON as it is sent, event by event.
pub(super) fn kept(feed: &Feed) -> usize {
    let mut reader = feed.reader.borrow_mut();
    let chunk = &mut reader.chunk;
    chunk.clear();
    let known = feed.events.known(0);
    for (place, _) in &feed.records {
        known.write_json(*place, chunk);
    }
    chunk.len()
}
// ANCHOR_END: kept
