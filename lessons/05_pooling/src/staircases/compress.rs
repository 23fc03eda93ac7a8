//! Texts, compressed one by one with zstd.

use zstd::bulk::compress;

use crate::{Compressors, Context, Limits, Locked, Shelf};

/// zstd's own default.
const LEVEL: i32 = 3;

/// Ten texts, and a pool of contexts in which one waits.
#[derive(Debug)]
pub struct Archive {
    texts: Vec<Vec<u8>>,
    compressors: Compressors<Locked<Context>>,
}

impl Archive {
    /// Texts of so many bytes.
    pub fn of(bytes: usize) -> Self {
        let archive = Self {
            texts: (0..10).map(|number| text(number, bytes)).collect(),
            compressors: Compressors::new(Locked::new(Limits::of(2)), LEVEL),
        };
        pooled(&archive);
        archive
    }

    /// What the context that waits holds, in the C library's own words: no Rust instrument counts its memory.
    pub(crate) fn context_bytes(&self) -> usize {
        self.compressors.shelf().idle().bytes
    }
}

/// Words in no order, so that there is something to compress and something to store.
fn text(number: u32, bytes: usize) -> Vec<u8> {
    const WORDS: [&str; 8] = [
        "arena ", "block ", "heap ", "pool ", "relay ", "slab ", "note ", "page ",
    ];
    let mut state = number + 1;
    let mut text = Vec::with_capacity(bytes + 8);
    while text.len() < bytes {
        // A linear congruential generator; its high bits are the random ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(WORDS[(state >> 29) as usize].as_bytes());
    }
    text.truncate(bytes);
    text
}

// ANCHOR: fresh
/// A context for every text. Nothing where zstd has no memory for one.
pub fn fresh(archive: &Archive) -> Option<usize> {
    let stored = |text: &Vec<u8>| Some(compress(text, LEVEL).ok()?.len());
    archive.texts.iter().map(stored).sum()
}
// ANCHOR_END: fresh

// ANCHOR: pooled
/// A context that waited in a pool.
pub fn pooled(archive: &Archive) -> Option<usize> {
    let mut frame = Vec::new();
    let stored = |text: &Vec<u8>| {
        archive.compressors.compress(text, &mut frame).ok()?;
        Some(frame.len())
    };
    archive.texts.iter().map(stored).sum()
}
// ANCHOR_END: pooled
