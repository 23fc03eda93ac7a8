//! The dictionaries that strings are compressed under.
//!
//! An event's strings are too short to be compressed alone: what they share with other events' strings has to be known
//! beforehand. Dictionary 0 is compiled in, and serves until a database has enough events to train its own.
//! A record names the dictionary that it was written under, so a database keeps every one that some record needs.

use std::sync::{Arc, OnceLock};

use thiserror::Error;
use zstd::zstd_safe::{CDict, DDict, get_error_name, train_from_buffer};

use super::seed::SEED;

/// How many dictionaries a database can have at a time, the seed counted: a record names its one in four bits.
pub const AT_MOST: usize = 16;

/// The level that strings are compressed at as they come in. Those above it gain little, and cost twice the time and
/// more than twice the memory.
pub const LEVEL: i32 = 3;

/// The level for when the database is written anew: time and memory matter less then. Reading costs the same.
pub const COMPACT_LEVEL: i32 = 12;

/// Why a dictionary can't be made or taken in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DictionaryError {
    /// zstd found nothing to learn, mostly because the samples are few or short: go on with the one there is.
    #[error("no dictionary could be trained: {0}")]
    Training(&'static str),
    /// The number is taken, or above what a record can name: compact the database, which leaves one dictionary.
    #[error("dictionary {0} is taken or above {most}: compact the database first", most = AT_MOST - 1)]
    Number(u32),
    /// The bytes are no dictionary: the database is damaged.
    #[error("dictionary {0} is damaged")]
    Malformed(u32),
}

/// What is learned from of one event, in bytes.
const SAMPLE_AT_MOST: usize = 2 << 10;

/// What there must be to learn from in the first half of the samples, in bytes.
const LEAST: usize = 64;

/// Learns from the strings of events (see [`Compressor::gathered`](super::strings::Compressor::gathered)) what they share.
///
/// Takes about 6 MB besides the samples while it runs; a hundred times as many bytes of samples as the dictionary
/// is to have are enough.
///
/// # Errors
///
/// Too few samples, or nothing in common.
pub fn train(samples: &Samples, max_bytes: usize) -> Result<Vec<u8>, DictionaryError> {
    // The library learns from the first three quarters, and reads far beyond them where they have less than a word.
    let (learned, _) = samples.sizes.split_at(samples.sizes.len() / 2);
    if learned.iter().sum::<usize>() < LEAST {
        return Err(DictionaryError::Training("there is hardly any text"));
    }
    let mut dictionary = Vec::with_capacity(max_bytes);
    train_from_buffer(&mut dictionary, &samples.bytes, &samples.sizes)
        .map_err(|code| DictionaryError::Training(get_error_name(code)))?;
    Ok(dictionary)
}

/// What to learn from: texts one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
}

impl Samples {
    /// Adds the text of an event: no more of it than its beginning, so that a few long ones don't decide.
    pub fn push(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(SAMPLE_AT_MOST)];
        self.bytes.extend_from_slice(text);
        self.sizes.push(text.len());
    }

    /// How many bytes there are, and of how many events.
    pub fn size(&self) -> (usize, usize) {
        (self.bytes.len(), self.sizes.len())
    }
}

/// A dictionary made ready to compress under.
#[derive(Clone)]
pub struct Dictionary {
    pub(super) number: u8,
    pub(super) prepared: Arc<CDict<'static>>,
}

impl Dictionary {
    /// Makes dictionary 0 ready.
    pub fn seed(level: i32) -> Self {
        Self {
            number: 0,
            prepared: Arc::new(CDict::create(SEED, level)),
        }
    }

    /// Makes a dictionary ready.
    ///
    /// # Errors
    ///
    /// A number that no record can name, or bytes that are no dictionary.
    pub fn new(number: u32, bytes: &[u8], level: i32) -> Result<Self, DictionaryError> {
        let prepared = CDict::try_create(bytes, level).ok_or(DictionaryError::Malformed(number))?;
        Ok(Self {
            number: slot(number)? as u8,
            prepared: Arc::new(prepared),
        })
    }

    /// The bytes of heap that it holds.
    pub fn room(&self) -> usize {
        self.prepared.sizeof()
    }
}

fn slot(number: u32) -> Result<usize, DictionaryError> {
    match usize::try_from(number) {
        Ok(slot) if slot < AT_MOST => Ok(slot),
        _ => Err(DictionaryError::Number(number)),
    }
}

/// All dictionaries of a database, made ready to decompress under; shared by all who read.
pub struct Dictionaries([OnceLock<DDict<'static>>; AT_MOST]);

impl Dictionaries {
    /// Dictionary 0 alone.
    pub fn new() -> Self {
        let slots: [OnceLock<DDict<'static>>; AT_MOST] = Default::default();
        slots[0].get_or_init(|| DDict::create(SEED));
        Self(slots)
    }

    /// Takes in one more: all decompressors know it from now on.
    ///
    /// # Errors
    ///
    /// A number that is taken or that no record can name, or bytes that are no dictionary.
    pub fn add(&self, number: u32, bytes: &[u8]) -> Result<(), DictionaryError> {
        let prepared = DDict::try_create(bytes).ok_or(DictionaryError::Malformed(number))?;
        self.0[slot(number)?]
            .set(prepared)
            .map_err(|_| DictionaryError::Number(number))
    }

    /// The one with a number, if there is one.
    pub(super) fn get(&self, number: u8) -> Option<&DDict<'static>> {
        self.0.get(usize::from(number))?.get()
    }

    /// The bytes of heap that they hold.
    pub fn room(&self) -> usize {
        let known = self.0.iter().filter_map(OnceLock::get);
        known.map(DDict::sizeof).sum()
    }
}

impl Default for Dictionaries {
    fn default() -> Self {
        Self::new()
    }
}
