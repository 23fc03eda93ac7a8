//! A server decodes records that strangers send. A record's first four bytes say how many tags follow (little-endian);
//! then comes each tag: a byte with its length, and so many bytes. Bytes behind the last tag belong to the next record.
//!
//! The count is used for what a count is good for, one reservation of the right size. But it is the stranger's word.
//! Ten bytes that claim four billion tags make the server ask for 64 GB, and a failed allocation ends the process. And
//! a record that stops short passes for a whole one with fewer tags.
//!
//! | measure              | budget | why                                               |
//! |----------------------|--------|---------------------------------------------------|
//! | allocations               |      1 | the list of an honest record, in its final size   |
//! | bytes, peak          | 16,000 | its 1,000 tags of 16 bytes: each is a `&[u8]`     |
//! | peak, hostile record |    160 | 16 bytes for each of the 10 that were really sent |

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
    // TODO: this refuses a count of tags where no byte follows. How many can the rest hold at most?
    if count > 0 && rest.is_empty() {
        return Err(RecordError::Truncated { said: count });
    }
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        // TODO: a record that ends too early is no record.
        let Some((tag, behind)) = next_tag(rest) else {
            break;
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("hostile_count")
    .allocations(1)
    .bytes(16_000)
    .peak(16_000);

fn main() {
    let honest = sample(1_000);
    let hostile = [10_000_000u32.to_le_bytes(), *b"\x03lie"].concat();
    measuring::show(BUDGET, || (decode(&honest), decode(&hostile)));
}

fn sample(count: u32) -> Vec<u8> {
    let tag = |id: u32| ["rust", "memory", ""][id as usize % 3];
    let tags = (0..count).flat_map(|id| [&[tag(id).len() as u8], tag(id).as_bytes()].concat());
    count.to_le_bytes().into_iter().chain(tags).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    /// A count, and the bytes that follow it.
    fn record(count: u32, tags: &[u8]) -> Vec<u8> {
        [&count.to_le_bytes(), tags].concat()
    }

    #[test]
    fn tags_are_decoded() {
        let tags: [&[u8]; 3] = [b"rust", b"", b"memory"];
        assert_eq!(decode(&record(3, b"\x04rust\0\x06memory")).unwrap(), tags);
        assert_eq!(decode(&sample(1_000)).unwrap().len(), 1_000);
    }

    #[test]
    fn the_smallest_tags_are_empty_ones() {
        let empty: [&[u8]; 3] = [b"", b"", b""];
        assert_eq!(decode(&record(3, &[0, 0, 0])).unwrap(), empty);
        assert!(decode(&record(0, &[])).unwrap().is_empty());
    }

    #[test]
    fn bytes_behind_the_last_tag_are_left_alone() {
        let tags: [&[u8]; 1] = [b"rust"];
        assert_eq!(decode(&record(1, b"\x04rust\x06memory")).unwrap(), tags);
    }

    #[test]
    fn a_record_without_a_count_is_refused() {
        for length in 0..4 {
            assert_eq!(decode(&[0; 4][..length]), Err(RecordError::NoCount));
        }
    }

    #[test]
    fn a_record_that_ends_too_early_is_refused() {
        let whole = record(3, b"\x04rust\0\x06memory");
        for length in 4..whole.len() {
            let error = Err(RecordError::Truncated { said: 3 });
            assert_eq!(decode(&whole[..length]), error, "{length} bytes");
        }
    }

    #[test]
    fn an_honest_record_stays_in_budget() {
        let record = sample(1_000);
        let tags = BUDGET.assert_holds(|| decode(black_box(&record)));
        assert_eq!(tags.unwrap().len(), 1_000);
    }

    /// Ten million is enough to show, and little enough for any machine: room that nobody writes to takes no memory.
    #[test]
    fn a_hostile_count_reserves_next_to_nothing() {
        for tags in [&b"\x01a\x01b\x01c"[..], &[0; 6], &[]] {
            let record = record(10_000_000, tags);
            let budget = Budget::of("hostile_count").peak(16 * record.len() as u64);
            let _ = budget.assert_holds(|| decode(black_box(&record)).map(drop));
            let said = 10_000_000;
            assert_eq!(decode(&record), Err(RecordError::Truncated { said }));
        }
    }
}
