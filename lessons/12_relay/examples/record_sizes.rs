//! Where the bytes of records go: `cargo run --release -p relay --example record_sizes -- FILE`, with an event's JSON
//! in each line.
//!
//! Records are written without a dictionary, under the seed, and under dictionaries of several sizes that are trained on
//! every second event, each at several levels. All of them are read back and compared.

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
    /// How many stand in records themselves.
    kept: usize,
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
        let serial = self.serials.get(value).copied();
        self.kept += usize::from(serial.is_none());
        Ok(serial)
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
    kept: usize,
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
        "Bytes of an event: its text; of its record, the strings compressed, the 32-byte values that it keeps itself"
    );
    println!(
        "and the other fields, and all of it with 64 of signature; its share of the table of values and the dictionary."
    );
    println!(
        "dictionary level   text strings   kept fields record  values dictionary  write µs read µs  held by compressor, dictionary to write, to read"
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
        let sums = measure(&events, &mut compressor, known)?;
        let count = events.len() as f64;
        let each = |bytes: usize| bytes as f64 / count;
        println!(
            "{name:10} {level:5} {:6.1} {:7.1} {:6.1} {:6.1} {:6.1} {:7.1} {:10.1} {:9.2} {:7.2} {:12} {:?}",
            each(sums.text),
            each(sums.strings),
            each(sums.kept),
            each(sums.record - sums.strings - sums.kept) - 64.0,
            each(sums.record),
            each(sums.values),
            each(bytes.len()),
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
    sums.kept = table.kept * 32;

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
