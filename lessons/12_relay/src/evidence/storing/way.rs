//! The way of an event through the relay, piece by piece, to see which of them takes how much.
//!
//! The pieces don't do the same work; they do their part of it for the same events, and say for how many.

use crate::event::signature;
use crate::event::{Event, EventId};
use crate::generate::signed;
use crate::store::dictionary::{Dictionary, LEVEL};
use crate::store::record;
use crate::store::strings::Compressor;
use crate::wire::{ClientMessage, FrameLimits, parse as parse_frame};

/// Signed events, and the frames that they came in.
pub(crate) struct Arrived {
    frames: Vec<String>,
    events: Vec<Event>,
    /// A database makes it once.
    dictionary: Dictionary,
}

impl Arrived {
    /// So many.
    pub fn of(count: usize) -> Self {
        let events = signed(1, count);
        let frame = |event: &Event| {
            let mut json = Vec::new();
            event.write_json(&mut json);
            format!("[\"EVENT\",{}]", String::from_utf8_lossy(&json))
        };
        Self {
            frames: events.iter().map(frame).collect(),
            events,
            dictionary: Dictionary::seed(LEVEL),
        }
    }

    /// What arrived, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.frames.iter().map(String::len).sum()
    }
}

/// Reads the frames into an event that is used again.
pub(crate) fn parse(arrived: &Arrived) -> usize {
    let (limits, mut event) = (FrameLimits::default(), Event::default());
    let mut read = |frame: &&String| match parse_frame(frame, &limits) {
        Ok(ClientMessage::Event(raw)) => raw.read_into(&mut event).is_ok(),
        _ => false,
    };
    arrived.frames.iter().filter(|frame| read(frame)).count()
}

/// Computes the ids.
pub(crate) fn hash(arrived: &Arrived) -> usize {
    let has_id = |event: &&Event| event.canonical_id() != EventId::ZERO;
    arrived.events.iter().filter(has_id).count()
}

/// Computes the ids and checks the signatures.
pub(crate) fn verify(arrived: &Arrived) -> usize {
    let is_valid = |event: &&Event| signature::verify(event).is_ok();
    arrived.events.iter().filter(is_valid).count()
}

/// Makes the records, with contexts and buffers that are used again.
pub(crate) fn record(arrived: &Arrived) -> usize {
    let mut strings = Compressor::new(arrived.dictionary.clone());
    for event in &arrived.events {
        record::draft(event, &mut strings);
    }
    arrived.events.len()
}

/// Writes what subscribers get, into a buffer that is used again.
pub(crate) fn json(arrived: &Arrived) -> usize {
    let mut json = Vec::new();
    for event in &arrived.events {
        json.clear();
        event.write_json(&mut json);
    }
    arrived.events.len()
}
