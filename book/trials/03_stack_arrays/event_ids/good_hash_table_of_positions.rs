//! Keeps positions in a hash table whose keys are in the list.

#![forbid(unsafe_code)]

use hashbrown::HashTable;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct EventId([u8; 32]);

#[derive(Debug, PartialEq, Eq)]
enum IdError {
    /// How many bytes the text has, if not 64.
    Length(usize),
    /// The first character that is no lowercase hex digit, and the byte where it begins.
    Digit { at: usize, found: char },
}

impl fmt::Display for IdError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Length(found) => write!(to, "an id has 64 digits; send all of them, not {found}"),
            Self::Digit { at, found } => write!(to, "{found:?} at {at}: send only 0-9 and a-f"),
        }
    }
}

impl std::error::Error for IdError {}

impl std::str::FromStr for EventId {
    type Err = IdError;

    fn from_str(hex: &str) -> Result<Self, IdError> {
        if hex.len() != 64 {
            return Err(IdError::Length(hex.len()));
        }
        let is_digit = |letter| matches!(letter, '0'..='9' | 'a'..='f');
        if let Some((at, found)) = hex.char_indices().find(|(_, letter)| !is_digit(*letter)) {
            return Err(IdError::Digit { at, found });
        }
        let digits = hex.as_bytes();
        let byte = |at: usize| value(digits[2 * at]) << 4 | value(digits[2 * at + 1]);
        Ok(Self(std::array::from_fn(byte)))
    }
}

/// The value of a hex digit: 11 for `b`.
fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(to, "{byte:02x}"))
    }
}

/// Each id once, in the order of their arrival.
fn import(backup: &[String]) -> Result<Vec<EventId>, IdError> {
    let hasher = RandomState::new();
    let mut ids: Vec<EventId> = Vec::with_capacity(backup.len());
    let mut seen: HashTable<u32> = HashTable::with_capacity(backup.len());
    for hex in backup {
        let id: EventId = hex.parse()?;
        let hash = hasher.hash_one(id);
        if seen.find(hash, |at| ids[*at as usize] == id).is_none() {
            let hash_of = |at: &u32| hasher.hash_one(ids[*at as usize]);
            seen.insert_unique(hash, ids.len() as u32, hash_of);
            ids.push(id);
        }
    }
    Ok(ids)
}
