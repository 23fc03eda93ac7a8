//! The events that all of it is measured on, and what stands for the store's tables of values.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::LazyLock;

use interning::FixedSeed;

use crate::event::Event;
use crate::generate::Generator;
use crate::store::dictionary::{Dictionary, LEVEL};
use crate::store::record::{self, Refers, Values};
use crate::store::strings::Compressor;
use crate::store::tables::Serial;

/// How many there are.
pub(super) const EVENTS: usize = 1_000;

/// So many generated events, unsigned: their signatures are as random as real ones. They are made once.
///
/// # Panics
///
/// Where there aren't so many.
pub(super) fn events(count: usize) -> &'static [Event] {
    static MADE: LazyLock<Vec<Event>> = LazyLock::new(|| Generator::new(1).take(EVENTS).collect());
    &MADE[..count]
}

/// What a database has given out before: numbers are as long as in one of this many values.
const BEFORE: Serial = 1_000_000;

/// The store's tables of values, in memory: a value that is referred to for the first time stays in its record, and
/// gets a number with the second.
#[derive(Default)]
pub(super) struct Table {
    serials: HashMap<[u8; 32], Serial, FixedSeed>,
    met: HashSet<[u8; 32], FixedSeed>,
    /// Every value that was asked about, in order.
    pub asked: Vec<[u8; 32]>,
    /// How many of those stayed in their records.
    pub kept: usize,
}

impl Table {
    /// How many values have a number.
    pub fn numbered(&self) -> usize {
        self.serials.len()
    }

    fn intern(&mut self, value: &[u8; 32]) -> Serial {
        let next = BEFORE + self.serials.len() as Serial;
        *self.serials.entry(*value).or_insert(next)
    }

    fn keep(&mut self) -> Option<Serial> {
        self.kept += 1;
        None
    }
}

impl Values for Table {
    type Error = Infallible;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Infallible> {
        self.asked.push(*value);
        Ok(self.intern(value))
    }

    fn reference(&mut self, value: &[u8; 32], _: Refers) -> Result<Option<Serial>, Infallible> {
        self.asked.push(*value);
        let is_new = !self.serials.contains_key(value) && self.met.insert(*value);
        Ok(match is_new {
            true => self.keep(),
            false => Some(self.intern(value)),
        })
    }

    fn mention(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, Infallible> {
        self.asked.push(*value);
        let known = self.serials.get(value).copied();
        Ok(known.or_else(|| self.keep()))
    }
}

/// Writes the records of events one after the other under the dictionary that is compiled in, and hands each to
/// `take`, with its event and its strings as they went into zstd.
pub(super) fn each_record<'a, V: Values<Error = Infallible>>(
    events: impl IntoIterator<Item = &'a Event>,
    values: &mut V,
    mut take: impl FnMut(&Event, &[u8], &[u8]),
) {
    let mut strings = Compressor::new(Dictionary::seed(LEVEL));
    let mut out = Vec::new();
    for event in events {
        let Ok(()) = record::encode(event, values, &mut strings, &mut out);
        take(event, &out, strings.gathered());
    }
}
