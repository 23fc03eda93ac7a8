//! Notes as JSON, for a socket.

use std::hint::black_box;

use serde::Serialize;

use crate::{JsonBuffers, Limits, Locked, Pooled};

/// A note on its way to a subscriber.
#[derive(Debug, Serialize)]
pub struct Note {
    id: String,
    pubkey: String,
    kind: u16,
    tags: Vec<[String; 2]>,
    content: String,
}

/// A hundred notes, and an encoder that has encoded notes like these before.
#[derive(Debug)]
pub struct Outbox {
    notes: Vec<Note>,
    encoder: JsonBuffers<Locked<Vec<u8>>>,
}

impl Outbox {
    /// Notes with so many bytes of text.
    pub fn with_texts_of(bytes: usize) -> Self {
        let note = |number: usize| Note {
            id: format!("{number:064x}"),
            pubkey: format!("{:064x}", number % 7),
            kind: 1,
            tags: vec![["t".into(), "heap".into()]],
            content: "n".repeat(bytes),
        };
        let outbox = Self {
            notes: (0..100).map(note).collect(),
            encoder: JsonBuffers::new(Locked::new(Limits::of(4).each(0, 65_536))),
        };
        pooled(&outbox);
        outbox
    }

    /// How long a note is as JSON.
    pub(crate) fn bytes_of_one(&self) -> usize {
        self.encoded(&self.notes[0]).map_or(0, |json| json.len())
    }

    fn encoded(&self, note: &Note) -> Option<Pooled<'_, Vec<u8>, Locked<Vec<u8>>>> {
        self.encoder.encode(note).ok()
    }
}

/// Stands for a socket: takes the bytes, and says how many went through.
fn send(json: &[u8]) -> usize {
    black_box(json).len()
}

// ANCHOR: fresh
/// A buffer for every note, which grows from 128 bytes. Nothing where a note can't be written.
pub fn fresh(outbox: &Outbox) -> Option<usize> {
    let sent = |note| Some(send(&serde_json::to_vec(note).ok()?));
    outbox.notes.iter().map(sent).sum()
}
// ANCHOR_END: fresh

// ANCHOR: pooled
/// A buffer from a pool, which comes back when it is sent.
pub fn pooled(outbox: &Outbox) -> Option<usize> {
    let sent = |note| Some(send(&outbox.encoded(note)?));
    outbox.notes.iter().map(sent).sum()
}
// ANCHOR_END: pooled

// ANCHOR: copied
/// A buffer from a pool, and a copy for the caller, as an encoder that returns bytes has to make.
pub fn copied(outbox: &Outbox) -> Option<usize> {
    let encode = |note| Some(outbox.encoded(note)?.to_vec());
    let sent = |note| Some(send(&encode(note)?));
    outbox.notes.iter().map(sent).sum()
}
// ANCHOR_END: copied

// ANCHOR: kept
/// One buffer, which the caller owns and lends to the encoder.
pub fn kept(outbox: &Outbox) -> Option<usize> {
    let mut json = Vec::with_capacity(128);
    let sent = |note| {
        json.clear();
        serde_json::to_writer(&mut json, note).ok()?;
        Some(send(&json))
    };
    outbox.notes.iter().map(sent).sum()
}
// ANCHOR_END: kept
