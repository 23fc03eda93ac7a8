//! Encoding messages into frames, one after the other, for a socket.

use std::hint::black_box;

/// A note on its way to a subscriber.
#[derive(Debug)]
pub struct Note {
    id: [u8; 32],
    text: String,
}

/// Notes on their way.
#[derive(Debug)]
pub struct Outbox(pub Vec<Note>);

impl Outbox {
    /// So many notes of 20 to 300 bytes.
    pub fn sample(count: usize) -> Self {
        let note = |number: usize| Note {
            id: [number as u8; 32],
            text: "n".repeat(20 + number * 37 % 281),
        };
        Self((0..count).map(note).collect())
    }
}

/// Appends a note's frame: its id, its length, its text.
fn encode(note: &Note, frame: &mut Vec<u8>) {
    frame.extend_from_slice(&note.id);
    frame.extend_from_slice(&(note.text.len() as u64).to_be_bytes());
    frame.extend_from_slice(note.text.as_bytes());
}

/// Stands for a socket: takes the bytes, and says what went through.
fn send(frame: &[u8]) -> u64 {
    black_box(frame).iter().copied().map(u64::from).sum()
}

// ANCHOR: fresh
/// A buffer for every note.
pub fn fresh(outbox: &Outbox) -> u64 {
    let mut sent = 0;
    for note in &outbox.0 {
        let mut frame = Vec::new();
        encode(note, &mut frame);
        sent += send(&frame);
    }
    sent
}
// ANCHOR_END: fresh

// ANCHOR: reused
/// One buffer. `clear` forgets the bytes and keeps the room.
pub fn reused(outbox: &Outbox) -> u64 {
    let mut sent = 0;
    let mut frame = Vec::new();
    for note in &outbox.0 {
        frame.clear();
        encode(note, &mut frame);
        sent += send(&frame);
    }
    sent
}
// ANCHOR_END: reused

// ANCHOR: copied
/// One buffer, whose bytes are then copied into a frame for each caller: reused for nothing.
pub fn copied(outbox: &Outbox) -> u64 {
    let mut sent = 0;
    let mut scratch = Vec::new();
    for note in &outbox.0 {
        scratch.clear();
        encode(note, &mut scratch);
        let frame = scratch.clone();
        sent += send(&frame);
    }
    sent
}
// ANCHOR_END: copied
