//! An event's id is a hash of 32 bytes, and arrives as 64 digits of hex in lowercase. An import takes the ids of a
//! backup, in which some come twice, and keeps the first of each, in the order of their arrival.
//!
//! An id has just one length, so it is an array of bytes: half as large as its text, and `Copy`. Every digit is checked
//! before any is taken apart. Arrays are ordered from their first byte on, as the texts are from their first digit on.
//!
//! | a thousand ids             | measure     |  budget | why                                                   |
//! |----------------------------|-------------|--------:|-------------------------------------------------------|
//! | imported                   | allocations      |       2 | the list and the set, with room for all of them       |
//! |                            | bytes       | 100,000 | 32 in the list for each, 33 in the set's 2,048 places |
//! |                            | live        |  32,000 | the list                                              |
//! | read, or written in hex    | allocations      |       0 | an id is a value in a variable                        |

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct EventId([u8; 32]);

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
        let is_digit = |letter| matches!(letter, '0'..='9' | 'a'..='f');
        if let Some((at, found)) = hex.char_indices().find(|(_, letter)| !is_digit(*letter)) {
            return Err(IdError::Digit { at, found });
        }
        let digits = hex.as_bytes();
        let byte = |at: usize| value(digits[2 * at]) << 4 | value(digits[2 * at + 1]);
        Ok(Self(std::array::from_fn(byte)))
    }
}

/// What a digit stands for, once it was found to be one.
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("event_ids")
    .allocations(2)
    .bytes(100_000)
    .live(32_000);

fn main() {
    let backup = sample();
    measuring::show(BUDGET, || import(&backup));
}

/// A thousand ids that differ everywhere.
fn sample() -> Vec<String> {
    let part = |n: u64| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (1..=1_000).map(|n| part(n).repeat(4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::fmt::Write;
    use std::hint::black_box;

    fn error(hex: &str) -> IdError {
        hex.parse::<EventId>().expect_err("it is no id")
    }

    /// An id of zeros, but for a part of it.
    fn with(part: &str, at: usize) -> String {
        let behind = 64 - at - part.len();
        format!("{}{part}{}", "0".repeat(at), "0".repeat(behind))
    }

    #[test]
    fn an_id_is_written_as_it_was_read() {
        let digits = "0123456789abcdef";
        let mut texts = vec![digits.repeat(4), "f".repeat(64), "0".repeat(64)];
        texts.extend((0..64).map(|at| with("a", at)));
        texts.extend(sample());
        for text in texts {
            let id: EventId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn an_id_has_64_digits() {
        for length in [0, 1, 32, 62, 63, 65, 66, 128] {
            assert_eq!(error(&"a".repeat(length)), IdError::Length(length));
        }
        assert_eq!(error(&"é".repeat(64)), IdError::Length(128));
        assert_eq!(error(&"g".repeat(65)), IdError::Length(65));
    }

    #[test]
    fn the_first_wrong_digit_is_named() {
        for found in ['g', 'z', '/', ':', '`', ' ', '+', '-', '\0', 'é', '🦀'] {
            for at in [0, 1, 2, 31, 32, 59, 60] {
                let hex = with(&found.to_string(), at);
                assert_eq!(error(&hex), IdError::Digit { at, found });
            }
        }
        let at = 63;
        assert_eq!(error(&with("x", at)), IdError::Digit { at, found: 'x' });
        let at = 20;
        assert_eq!(error(&with("xy", at)), IdError::Digit { at, found: 'x' });
    }

    /// One id in two spellings would be two events, somewhere down the line.
    #[test]
    fn uppercase_is_refused() {
        for (found, at) in ('A'..='F').zip(5..) {
            let hex = with(&found.to_string(), at);
            assert_eq!(error(&hex), IdError::Digit { at, found });
        }
    }

    #[test]
    fn the_error_says_what_to_send() {
        let error = |hex: &str| error(hex).to_string();
        assert_eq!(error("abc"), "an id has 64 digits; send all of them, not 3");
        assert_eq!(error(&with("G", 9)), "'G' at 9: send only 0-9 and a-f");
    }

    #[test]
    fn ids_are_ordered_as_their_texts() {
        let mut texts = sample();
        texts.extend((0..64).map(|at| with("1", at)));
        let mut ids: Vec<EventId> = texts.iter().map(|text| text.parse().unwrap()).collect();
        texts.sort_unstable();
        ids.sort_unstable();
        let ids: Vec<String> = ids.iter().map(EventId::to_string).collect();
        assert_eq!(ids, texts);
    }

    #[test]
    fn the_first_of_each_id_is_kept() {
        let (a, b) = (with("a", 0), with("a", 63));
        let ids = import(&[b.clone(), a.clone(), b.clone()]).unwrap();
        assert_eq!(ids, [b.parse().unwrap(), a.parse().unwrap()]);
        assert_eq!(import(&[a, "b".into()]), Err(IdError::Length(1)));
        assert_eq!(import(&[]), Ok(vec![]));
    }

    #[test]
    fn an_import_stays_in_budget() {
        let mut backup = sample();
        backup[990..].clone_from_slice(&sample()[..10]);
        let ids = BUDGET.assert_holds(|| import(black_box(&backup)).unwrap());
        assert!(
            ids.iter()
                .map(EventId::to_string)
                .eq(sample()[..990].to_vec())
        );
    }

    #[test]
    fn reading_and_writing_cost_nothing() {
        let (backup, budget) = (sample(), Budget::of("event_ids").allocations(0));
        let mut written = String::with_capacity(65 * 1_000);
        budget.assert_holds(|| {
            for hex in &backup {
                let id: EventId = black_box(hex).parse().unwrap();
                writeln!(written, "{id}").unwrap();
            }
        });
        assert!(written.lines().eq(backup.iter()));
    }

    #[test]
    fn refusing_costs_nothing() {
        let budget = Budget::of("event_ids").allocations(0);
        for hex in ["abc".to_owned(), with("x", 63)] {
            let refused = budget.assert_holds(|| black_box(&hex).parse::<EventId>().is_err());
            assert!(refused);
        }
    }
}
