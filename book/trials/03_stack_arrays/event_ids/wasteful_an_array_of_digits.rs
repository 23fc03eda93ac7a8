//! Needs no allocation for an id, but a byte for each of its digits.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct EventId([u8; 64]);

#[derive(Debug, PartialEq, Eq)]
enum IdError {
    /// The text has so many bytes, and not 64.
    Length(usize),
    /// What stands at this byte of the text is no digit in lowercase.
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
        let mut id = [0; 64];
        // A letter of several bytes is no digit, so up to here every letter was one byte.
        for (at, letter) in hex.char_indices() {
            let digit = value(letter).ok_or(IdError::Digit { at, found: letter })?;
            id[at] = digit;
        }
        Ok(Self(id))
    }
}

fn value(digit: char) -> Option<u8> {
    match digit {
        '0'..='9' => Some(digit as u8 - b'0'),
        'a'..='f' => Some(digit as u8 - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(to, "{byte:x}"))
    }
}

/// Each id once, in the order of their arrival.
fn import(backup: &[String]) -> Result<Vec<EventId>, IdError> {
    let mut ids = Vec::with_capacity(backup.len());
    let mut seen = HashSet::with_capacity(backup.len());
    for hex in backup {
        let id: EventId = hex.parse()?;
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
