//! A server decodes records from untrusted clients. The first four bytes are the number of tags,
//! little-endian. Each tag follows as a byte with its length and so many bytes. Bytes after the
//! last tag belong to the next record. Example: `b"\x02\0\0\0\x04rust\0"` → `[b"rust", b""]`.
//!
//! The decoder reserves the list by the count, but the count is untrusted. A record of eight bytes
//! that claims four billion tags reserves 64 GB, and a failed allocation ends the process. And a
//! record with fewer tags than its count is accepted. It must be refused as `Truncated`.
//!
//! | measure                     | budget    | why                                               |
//! |-----------------------------|----------:|---------------------------------------------------|
//! | allocations, honest record  |         1 | the list, reserved in its final size              |
//! | bytes, peak, live, honest   | 16 × tags | a `&[u8]` takes 16 bytes                          |
//! | peak, refused record        | 16 × sent | 16 bytes for each byte of the record              |
//! | live, refused record        |         0 | an attacker can send it again and again           |

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
    // TODO: this refuses a false count only if no byte follows.
    if count > 0 && rest.is_empty() {
        return Err(RecordError::Truncated { said: count });
    }
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        // TODO: this accepts a record that ends too early.
        let Some((tag, after)) = next_tag(rest) else {
            break;
        };
        tags.push(tag);
        rest = after;
    }
    Ok(tags)
}

/// Returns the first tag and the bytes after it, or `None` if the bytes end before the tag does.
fn next_tag(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = budget(1_000);

/// One list of so many tags, in its final size.
const fn budget(tags: u64) -> measuring::Budget {
    let bytes = 16 * tags;
    measuring::Budget::of("hostile_count")
        .allocations(1)
        .bytes(bytes)
        .peak(bytes)
        .live(bytes as i64)
}

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
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// A count, and the bytes that follow it.
    fn record(count: u32, tags: &[u8]) -> Vec<u8> {
        [&count.to_le_bytes(), tags].concat()
    }

    #[track_caller]
    fn assert_decodes(record: &[u8], expected: Result<Vec<&[u8]>, RecordError>) {
        let shown = match record.len() {
            0..60 => format!("\"{}\"", record.escape_ascii()),
            length => format!("{length} bytes \"{}…\"", record[..40].escape_ascii()),
        };
        assert_gives(
            format_args!("decode({shown})"),
            &decode(black_box(record)),
            &expected,
        );
    }

    #[measuring::test]
    fn tags_are_decoded() {
        assert_decodes(
            b"\x03\0\0\0\x04rust\0\x06memory",
            Ok(vec![b"rust", b"", b"memory"]),
        );
        let long = [[7; 255], [0xff; 255]];
        for length in [0, 1, 2, 127, 128, 254, 255] {
            let tags = long.each_ref().map(|tag| &tag[..length]);
            let bytes = tags.map(|tag| [&[length as u8], tag].concat()).concat();
            assert_decodes(&record(2, &bytes), Ok(tags.to_vec()));
        }
    }

    #[measuring::test]
    fn the_smallest_tags_are_empty_ones() {
        for count in [0, 1, 3, 255, 256, 257, 65_535, 65_536, 70_000] {
            let empty = vec![0; count];
            assert_decodes(&record(count as u32, &empty), Ok(vec![b"" as &[u8]; count]));
        }
    }

    #[measuring::test]
    fn bytes_after_the_last_tag_are_left_alone() {
        assert_decodes(&record(1, b"\x04rust\x06memory"), Ok(vec![b"rust"]));
        assert_decodes(&record(1, b"\x04rust\xff"), Ok(vec![b"rust"]));
        assert_decodes(&record(0, b"\x04rust"), Ok(vec![]));
        assert_decodes(&record(0, b"\xff"), Ok(vec![]));
    }

    #[measuring::test]
    fn a_record_without_a_count_is_refused() {
        for length in 0..4 {
            assert_decodes(&[0; 4][..length], Err(RecordError::NoCount));
            assert_decodes(&[0xff; 4][..length], Err(RecordError::NoCount));
        }
    }

    #[measuring::test]
    fn a_record_that_ends_too_early_is_refused() {
        let whole = record(3, b"\x04rust\0\x06memory");
        for length in 4..whole.len() {
            assert_decodes(&whole[..length], Err(RecordError::Truncated { said: 3 }));
        }
        for said in [7, 256, 65_536, 65_537, 1 << 24] {
            for tags in [&b""[..], &[0; 6], b"\x01a\x01b\x01c", b"\xff"] {
                let error = RecordError::Truncated { said };
                assert_decodes(&record(said as u32, tags), Err(error));
            }
        }
        let long = sample(70_000);
        let error = RecordError::Truncated { said: 70_000 };
        assert_decodes(&long[..long.len() - 2], Err(error));
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn honest_records_of_every_size_stay_in_budget() {
        for count in [1_000, 0, 4, 101, 70_000] {
            let record = sample(count);
            let budget = budget(count.into());
            let _ = budget.assert_holds_in_process(|| decode(black_box(&record)));
            let followed = [record, vec![0; 100_000]].concat();
            let _ = budget.assert_holds_in_process(|| decode(black_box(&followed)));
        }
    }

    /// At most 16 bytes for each byte that was sent, and nothing once it is refused.
    fn assert_refused_within_budget(record: &[u8]) {
        let budget = Budget::of("hostile_count")
            .peak(16 * record.len() as u64)
            .live(0);
        let _ = budget.assert_holds_in_process(|| decode(black_box(record)).map(drop));
    }

    #[measuring::test]
    fn hostile_counts_reserve_next_to_nothing() {
        for said in [7, 100, 1_000, 65_536, 1_000_000, 10_000_000] {
            for tags in [&b"\x01a\x01b\x01c"[..], &[0; 6], &[], &[255; 6]] {
                assert_refused_within_budget(&record(said, tags));
            }
        }
        for said in [20_001, 50_000, 10_000_000] {
            assert_refused_within_budget(&record(said, &[0; 20_000]));
        }
    }

    #[measuring::test]
    fn records_that_end_too_early_leave_nothing_live() {
        let (short, long) = (record(3, b"\x04rust\0\x06memory"), sample(1_000));
        for length in 4..short.len() {
            assert_refused_within_budget(&short[..length]);
        }
        for missing in [2, 1_000, 3_000] {
            assert_refused_within_budget(&long[..long.len() - missing]);
        }
    }

    /// An answer that reserves 32 or 64 GB may end the process: the one that this test runs in
    /// alone.
    #[measuring::test]
    fn the_largest_counts_reserve_next_to_nothing() {
        for said in [1 << 31, u32::MAX] {
            assert_refused_within_budget(&record(said, b"\x03lie"));
            let error = RecordError::Truncated {
                said: said as usize,
            };
            assert_decodes(&record(said, b"\x03lie"), Err(error));
        }
    }
}
