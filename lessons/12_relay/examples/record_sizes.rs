//! Where the bytes of records go: `cargo run --release -p relay --example record_sizes -- FILE`, with an event's JSON
//! in each line.
//!
//! Records are written under the seed, then under dictionaries of several sizes that are trained on every second
//! event, and once at several levels.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use relay::event::Event;
use relay::store::dictionary::{self, Dictionaries, Dictionary, Samples};
use relay::store::record::{self, Corrupt, Lookup, Values};
use relay::store::strings::{Compressor, Decompressor};
use relay::store::tables::{Serial, Tid};
use relay::wire::{ClientMessage, FrameLimits, parse};

/// Values in memory, in place of the store's.
#[derive(Default)]
struct Table {
    serials: HashMap<[u8; 32], Serial>,
    values: Vec<[u8; 32]>,
}

impl Values for Table {
    type Error = Infallible;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Infallible> {
        let serial = *self.serials.entry(*value).or_insert_with(|| {
            self.values.push(*value);
            self.values.len() as Serial - 1
        });
        Ok(serial)
    }

    fn mention(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, Infallible> {
        Ok(self.serials.get(value).copied())
    }
}

impl Lookup for Table {
    type Error = Corrupt;

    fn value(&self, serial: Serial) -> Result<[u8; 32], Corrupt> {
        self.values
            .get(serial as usize)
            .copied()
            .ok_or(Corrupt::Number)
    }
}

/// What a way to write takes for all events, in bytes.
#[derive(Default)]
struct Sums {
    record: usize,
    strings: usize,
    text: usize,
    values: usize,
    encode: Duration,
    decode: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("which file?")?;
    let events = read(&std::fs::read_to_string(file)?)?;
    let json: usize = events.iter().map(|(_, length)| length).sum();
    let events: Vec<Event> = events.into_iter().map(|(event, _)| event).collect();
    let each = |bytes: usize| bytes as f64 / events.len() as f64;
    println!("{} events, JSON {:.1} bytes each", events.len(), each(json));
    println!(
        "dictionary         level   text  strings  fields  record  values  dictionary    µs to encode  decode   compressor  dictionary in memory"
    );

    let mut samples = Samples::default();
    let mut compressor = Compressor::new(Dictionary::seed(3));
    let (mut table, mut out) = (Table::default(), Vec::new());
    for (number, event) in events.iter().enumerate() {
        record::encode(event, &mut table, &mut compressor, &mut out)?;
        if number % 2 == 1 {
            samples.push(compressor.gathered());
        }
    }

    let mut ways = vec![("none".to_string(), Vec::new(), 1)];
    ways.extend([3, 6, 12].map(|level| ("seed".to_string(), Vec::new(), level)));
    for (kib, levels) in [
        (8, &[6][..]),
        (16, &[3, 6]),
        (32, &[3, 6]),
        (64, &[1, 3, 4, 5, 6, 9, 12]),
        (110, &[3, 6, 12]),
    ] {
        let start = Instant::now();
        let Ok(trained) = dictionary::train(&samples, kib << 10) else {
            continue;
        };
        println!("trained {kib} KiB in {:.2?}", start.elapsed());
        ways.extend(
            levels
                .iter()
                .map(|level| (format!("{kib} KiB"), trained.clone(), *level)),
        );
    }
    for (name, bytes, level) in ways {
        let known = Arc::new(Dictionaries::new());
        let dictionary = if name == "seed" {
            Dictionary::seed(level)
        } else {
            known.add(1, &bytes)?;
            Dictionary::new(1, &bytes, level)?
        };
        let in_memory = (dictionary.room(), known.room());
        let mut compressor = Compressor::new(dictionary);
        // Odd events were learned from: only the others count for what a dictionary is worth.
        let sums = measure(&events, &mut compressor, known)?;
        let count = events.len() as f64;
        println!(
            "{name:18} {level:5} {:6.1} {:8.1} {:7.1} {:7.1} {:7.1} {:11.1} {:15.2} {:7.2} {:12} {:?}",
            sums.text as f64 / count,
            sums.strings as f64 / count,
            (sums.record - sums.strings) as f64 / count - 64.0,
            sums.record as f64 / count,
            sums.values as f64 / count,
            bytes.len() as f64 / count,
            sums.encode.as_secs_f64() * 1e6 / count,
            sums.decode.as_secs_f64() * 1e6 / count,
            compressor.room(),
            in_memory,
        );
    }
    Ok(())
}

fn measure(
    events: &[Event],
    compressor: &mut Compressor,
    known: Arc<Dictionaries>,
) -> Result<Sums, Box<dyn Error>> {
    let (mut table, mut sums) = (Table::default(), Sums::default());
    let mut records = Vec::new();
    let start = Instant::now();
    for event in events {
        let mut out = Vec::new();
        record::encode(event, &mut table, compressor, &mut out)?;
        sums.text += compressor.gathered().len();
        sums.strings += record::strings_of(&out).len();
        sums.record += out.len();
        records.push(out);
    }
    sums.encode = start.elapsed();
    sums.values = table.values.len() * 32;

    let mut decompressor = Decompressor::new(known);
    let mut decoded = Event::default();
    let start = Instant::now();
    for (event, bytes) in events.iter().zip(&records) {
        let time = u32::try_from(event.created_at).unwrap_or(u32::MAX);
        let [a, b, c, d] = time.to_be_bytes();
        record::decode(
            Tid([a, b, c, d, 0, 0]),
            bytes,
            &table,
            &mut decompressor,
            &mut decoded,
        )?;
        if decoded != *event {
            return Err(format!("{} comes back as {decoded:?}", event.id).into());
        }
    }
    sums.decode = start.elapsed();
    Ok(sums)
}

fn read(text: &str) -> Result<Vec<(Event, usize)>, Box<dyn Error>> {
    let limits = FrameLimits {
        ..FrameLimits::default()
    };
    let mut events = Vec::new();
    for line in text.lines() {
        let frame = format!("[\"EVENT\",{line}]");
        let ClientMessage::Event(raw) =
            parse(&frame, &limits).map_err(|error| error.reason.to_string())?
        else {
            return Err("not an event".into());
        };
        let mut event = Event::default();
        raw.read_into(&mut event)
            .map_err(|error| error.reason.to_string())?;
        events.push((event, line.len()));
    }
    Ok(events)
}
