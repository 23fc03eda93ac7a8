//! A compact encoding, measured with a stub in place of the database that it asks for serial numbers.

use super::scattered;

/// Knows the serial number of an id. In service that is a database; in a benchmark it must not be.
pub trait Resolver {
    /// The serial of an id.
    fn serial(&self, id: &[u8; 32]) -> u64;
}

/// Answers at once: the id's first five bytes.
pub struct Stub;

impl Resolver for Stub {
    fn serial(&self, id: &[u8; 32]) -> u64 {
        let [a, b, c, d, e, ..] = *id;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }
}

/// A note that mentions others.
pub struct Note {
    author: [u8; 32],
    mentions: Vec<[u8; 32]>,
}

/// Notes to encode.
pub struct Notes {
    all: Vec<Note>,
}

impl Notes {
    /// A thousand notes with up to nine mentions each.
    pub fn of_1000() -> Self {
        let mut numbers = scattered(4);
        let mut id = || {
            let mut id = [0; 32];
            for part in id.as_chunks_mut::<8>().0 {
                *part = numbers.next().unwrap_or_default().to_le_bytes();
            }
            id
        };
        let note = |number: usize| Note {
            author: id(),
            mentions: (0..number % 10).map(|_| id()).collect(),
        };
        Self {
            all: (0..1_000).map(note).collect(),
        }
    }
}

// ANCHOR: encode
/// Five bytes for the author, and five for each mention, in place of 32.
fn encode(note: &Note, resolver: &impl Resolver, out: &mut Vec<u8>) {
    for id in std::iter::once(&note.author).chain(&note.mentions) {
        out.extend_from_slice(&resolver.serial(id).to_le_bytes()[..5]);
    }
}
// ANCHOR_END: encode

// ANCHOR: fresh_vec
/// A vector for each note, which grows.
pub fn fresh_vec(notes: &Notes) -> usize {
    let mut written = 0;
    for note in &notes.all {
        let mut bytes = Vec::new();
        encode(note, &Stub, &mut bytes);
        written += send(&bytes);
    }
    written
}
// ANCHOR_END: fresh_vec

// ANCHOR: sized_vec
/// A vector for each note, of the right size.
pub fn sized_vec(notes: &Notes) -> usize {
    let mut written = 0;
    for note in &notes.all {
        let mut bytes = Vec::with_capacity(5 + 5 * note.mentions.len());
        encode(note, &Stub, &mut bytes);
        written += send(&bytes);
    }
    written
}
// ANCHOR_END: sized_vec

// ANCHOR: callers_buffer
/// One vector for all, which the caller keeps.
pub fn callers_buffer(notes: &Notes) -> usize {
    let mut written = 0;
    let mut bytes = Vec::new();
    for note in &notes.all {
        bytes.clear();
        encode(note, &Stub, &mut bytes);
        written += send(&bytes);
    }
    written
}
// ANCHOR_END: callers_buffer

/// Stands for the socket: the bytes must be there, and nothing is done with them.
#[inline(never)]
fn send(bytes: &[u8]) -> usize {
    std::hint::black_box(bytes).len()
}
