//! Buffers that must be full of zeros before they are used, such as those that older read calls take.

use std::hint::black_box;

use crate::{Limits, Shelf, Stack};

const ROUNDS: u64 = 1_000;

/// A pool of such buffers, with one that waits.
pub struct Frames {
    size: usize,
    shelf: Stack<Vec<u8>>,
}

impl Frames {
    /// Buffers of so many bytes.
    pub fn of(size: usize) -> Self {
        let shelf = Stack::new(Limits::of(4));
        shelf.put(vec![0; size]);
        Self { size, shelf }
    }
}

/// The use: a few bytes at the start.
fn write_and_read(buffer: &mut [u8], number: u64) -> u64 {
    if let Some(start) = buffer.first_chunk_mut() {
        *start = number.to_le_bytes();
    }
    black_box(&*buffer)
        .iter()
        .take(8)
        .copied()
        .map(u64::from)
        .sum()
}

// ANCHOR: calloc
/// Asks the allocator for zeros.
pub fn calloc(frames: &Frames) -> u64 {
    let round = |number| write_and_read(&mut vec![0; frames.size], number);
    (0..ROUNDS).map(round).sum()
}
// ANCHOR_END: calloc

// ANCHOR: pooled
/// Takes a buffer from a pool and fills it with zeros.
pub fn pooled(frames: &Frames) -> u64 {
    let round = |number| {
        let mut buffer = frames.shelf.lend(Vec::new);
        buffer.resize(frames.size, 0);
        write_and_read(&mut buffer, number)
    };
    (0..ROUNDS).map(round).sum()
}
// ANCHOR_END: pooled

// ANCHOR: unfilled
/// Takes a buffer from a pool, and fills in only what it needs.
pub fn unfilled(frames: &Frames) -> u64 {
    let round = |number| {
        let mut buffer = frames.shelf.lend(Vec::new);
        buffer.resize(8, 0);
        write_and_read(&mut buffer, number)
    };
    (0..ROUNDS).map(round).sum()
}
// ANCHOR_END: unfilled
