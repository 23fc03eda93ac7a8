//! zstd: levels, dictionaries, contexts.

use zstd::bulk::{Compressor, Decompressor};

use super::corpus::{EVENTS, Table, each_record, events};
use crate::event::Event;
use crate::store::dictionary::Samples;
use crate::store::training::learn;
use crate::vocabulary::seed::SEED;

/// What the relay compresses answers in.
const BLOCK: usize = 64 << 10;
/// Events whose sizes are added up. A dictionary is trained on the others.
pub(super) const MEASURED: usize = EVENTS / 2;
/// zstd's own default.
const DEFAULT: i32 = 3;

/// Texts to compress, one by one.
pub(crate) struct Texts(Vec<Vec<u8>>);

impl Texts {
    /// The JSON of events as a query gives them, in one text.
    pub fn answer() -> Self {
        let mut text = Vec::with_capacity(2 * BLOCK);
        for event in events(EVENTS) {
            if text.len() < BLOCK {
                event.write_json(&mut text);
            }
        }
        Self(vec![text])
    }

    /// The JSON of so many events.
    pub fn events(count: usize) -> Self {
        let json = |event: &Event| {
            let mut json = Vec::new();
            event.write_json(&mut json);
            json
        };
        Self(events(count).iter().map(json).collect())
    }

    /// What records hold of events' strings, before compression.
    fn strings(events: &[Event]) -> Self {
        let mut texts = Vec::new();
        each_record(events, &mut Table::default(), |_, _, text| {
            texts.push(text.to_vec());
        });
        Self(texts)
    }

    fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

/// Compressed texts; equal to others that stand for the same.
#[derive(Debug)]
pub(crate) struct Packed(Vec<Vec<u8>>);

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    fn unpacked(&self) -> Option<Vec<Vec<u8>>> {
        let mut context = Decompressor::new().ok()?;
        let texts = self.0.iter();
        texts
            .map(|frame| context.decompress(frame, 1 << 20).ok())
            .collect()
    }
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.unpacked().is_some() && self.unpacked() == other.unpacked()
    }
}

/// One context for all texts; nothing where zstd has no memory for it.
fn pack(texts: &Texts, level: i32, dictionary: &[u8]) -> Packed {
    let pack = || -> std::io::Result<Vec<Vec<u8>>> {
        let mut context = Compressor::with_dictionary(level, dictionary)?;
        texts.0.iter().map(|text| context.compress(text)).collect()
    };
    Packed(pack().unwrap_or_default())
}

/// zstd's default.
pub(crate) fn level_3(texts: &Texts) -> Packed {
    pack(texts, DEFAULT, &[])
}

/// What is claimed to compress best.
pub(crate) fn level_9(texts: &Texts) -> Packed {
    pack(texts, 9, &[])
}

/// The highest that needs no more memory to read.
pub(crate) fn level_19(texts: &Texts) -> Packed {
    pack(texts, 19, &[])
}

// ANCHOR: made_anew
/// A context for every text.
pub(crate) fn made_anew(texts: &Texts) -> Packed {
    let pack = |text: &Vec<u8>| zstd::bulk::compress(text, DEFAULT).ok();
    Packed(texts.0.iter().filter_map(pack).collect())
}
// ANCHOR_END: made_anew

// ANCHOR: kept
/// One context for all of them, which zstd clears of what it must forget.
pub(crate) fn kept(texts: &Texts) -> Packed {
    pack(texts, DEFAULT, &[])
}
// ANCHOR_END: kept

/// Texts, and what they are compressed under.
pub(super) struct Sizes {
    texts: Texts,
    dictionary: Vec<u8>,
}

impl Sizes {
    /// Events as JSON, each alone.
    pub fn single() -> Self {
        Self {
            texts: Texts::events(MEASURED),
            dictionary: Vec::new(),
        }
    }

    /// Events as JSON, together.
    pub fn answer() -> Self {
        Self {
            texts: Texts::answer(),
            dictionary: Vec::new(),
        }
    }

    /// The strings of events, each alone.
    pub fn strings() -> Self {
        Self {
            texts: Texts::strings(&events(EVENTS)[..MEASURED]),
            dictionary: Vec::new(),
        }
    }

    /// The same under the dictionary that is compiled in.
    pub fn seed() -> Self {
        Self {
            dictionary: SEED.to_vec(),
            ..Self::strings()
        }
    }

    /// The same under one that is trained on as many other events.
    pub fn trained() -> Self {
        let mut samples = Samples::default();
        for text in &Texts::strings(&events(EVENTS)[MEASURED..]).0 {
            samples.push(text);
        }
        Self {
            // Without one there is none.
            dictionary: learn(&samples).unwrap_or_default(),
            ..Self::strings()
        }
    }

    /// The dictionary's own bytes.
    pub fn dictionary(&self) -> usize {
        self.dictionary.len()
    }

    /// Before compression.
    pub fn plain(&self) -> usize {
        self.texts.len()
    }

    /// After it.
    pub fn at(&self, level: i32) -> usize {
        pack(&self.texts, level, &self.dictionary).len()
    }
}

/// What a context holds after a block of an answer, in bytes of the C library: no Rust instrument counts them.
pub(super) fn context_bytes(level: i32) -> usize {
    let texts = Texts::answer();
    let Ok(mut context) = Compressor::new(level) else {
        return 0;
    };
    for text in &texts.0 {
        // What it holds is what is asked for.
        let _ = context.compress(text);
    }
    context.context_mut().sizeof()
}

/// The same of a context that decompresses.
pub(super) fn decoder_bytes() -> usize {
    zstd::zstd_safe::DCtx::create().sizeof()
}
