//! Refuses a record that ends too early, after it has reserved for the count.

#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt;

#[derive(Debug, PartialEq, Eq)]
enum RecordError {
    /// The record ends before its count does.
    NoCount,
    /// The record has fewer tags than it says.
    Truncated { said: usize },
}

impl fmt::Display for RecordError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::NoCount => write!(
                to,
                "a record begins with four bytes of count; wait for more bytes"
            ),
            Self::Truncated { said } => {
                write!(to, "the record ends before its {said} tags; send it again")
            }
        }
    }
}

impl Error for RecordError {}

fn decode(record: &[u8]) -> Result<Vec<&[u8]>, RecordError> {
    let (count, mut rest) = record
        .split_first_chunk::<4>()
        .ok_or(RecordError::NoCount)?;
    let count = u32::from_le_bytes(*count) as usize;
    let truncated = RecordError::Truncated { said: count };
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        let Some((tag, behind)) = next_tag(rest) else {
            return Err(truncated);
        };
        tags.push(tag);
        rest = behind;
    }
    Ok(tags)
}

/// The first tag and what lies behind it, or nothing where the bytes end before the tag does.
fn next_tag(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}
