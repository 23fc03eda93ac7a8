//! An event's id is a hash of 32 bytes. It arrives as 64 hex digits in lowercase: `0f` is 15. A
//! backup holds up to a million ids, and some come twice. `import` keeps the first of each, in the
//! order of arrival. Two ids are the same only if all 64 digits are.
//!
//! An id is an array of bytes: half as large as its text, and `Copy`. The text is checked before
//! two digits become a byte. Arrays are ordered from their first byte on, as texts are from their
//! first digit on.
//!
//! | what                    | measure     |  budget | why                                     |
//! |-------------------------|-------------|--------:|-----------------------------------------|
//! | an import of 1,000 ids  | allocations |       3 | list, set (or the like), and one spare  |
//! |                         | bytes       | 112,000 | 112 per id: 32 in the list, 66 in a set |
//! |                         | live        |  36,000 | 36 per id: the list                     |
//! | an import of 0 to 5,000 | bytes, live |         | as many per id, and 500                 |
//! | an id read or written   | allocations |       0 | an id is a value in a variable          |

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::fmt;

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
    .allocations(3)
    .bytes(112_000)
    .live(36_000);

fn main() {
    let backup = sample(1_000);
    measuring::show(BUDGET, || import(&backup));
}

/// So many ids without an order to them, no two alike.
fn sample(count: u64) -> Vec<String> {
    let word = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let id = |n| {
        let [a, b, c, d] = [n, n ^ 5, n + 7, n ^ 3].map(word);
        format!("{a:016x}{b:016x}{c:016x}{d:016x}")
    };
    (1..=count).map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, EventId, IdError, import, sample};
    use measuring::{Budget, assert_gives};
    use std::fmt::{self, Write};
    use std::hint::black_box;

    #[track_caller]
    fn id(text: &str) -> EventId {
        text.parse()
            .unwrap_or_else(|error| panic!("{text:?} is an id, and was refused: {error:?}"))
    }

    #[track_caller]
    fn assert_refused(text: &str, expected: IdError) {
        let came = text.parse::<EventId>();
        assert_gives(format_args!("{text:?}, parsed"), &came, &Err(expected));
    }

    /// An id of zeros, but for a part of it.
    fn with(part: &str, at: usize) -> String {
        let behind = 64 - at - part.len();
        format!("{}{part}{}", "0".repeat(at), "0".repeat(behind))
    }

    #[measuring::test]
    fn an_id_is_written_as_it_was_read() {
        let digits = "0123456789abcdef";
        let mut texts = vec![digits.repeat(4), "f".repeat(64), "0".repeat(64)];
        texts.extend((0..64).map(|at| with("a", at)));
        texts.extend(sample(1_000));
        for text in texts {
            let came = id(&text).to_string();
            assert_gives(format_args!("id {text}, written"), &came, &text);
        }
    }

    /// Takes so many bytes of text, and fails from then on.
    struct Full(usize);

    impl Write for Full {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let left = self.0.checked_sub(text.len());
            self.0 = left.unwrap_or(0);
            left.map(|_| ()).ok_or(fmt::Error)
        }
    }

    #[measuring::test]
    fn a_writer_that_fails_fails_the_id() {
        let id = id(&with("a", 5));
        for length in 0..=64 {
            let came = write!(Full(length), "{id}").is_ok();
            let what = format_args!("an id, written where {length} digits fit, is whole");
            assert_gives(what, &came, &(length == 64));
        }
    }

    #[measuring::test]
    fn an_id_has_64_digits() {
        for length in [0, 1, 32, 62, 63, 65, 66, 128, 320, 65_600] {
            assert_refused(&"a".repeat(length), IdError::Length(length));
        }
        assert_refused(&"é".repeat(64), IdError::Length(128));
        assert_refused(&"g".repeat(65), IdError::Length(65));
    }

    #[measuring::test]
    fn the_first_wrong_digit_is_named() {
        for found in ['g', 'z', '/', ':', '`', ' ', '+', '-', '\0', 'é', '🦀'] {
            for at in [0, 1, 2, 31, 32, 59, 60] {
                let hex = with(&found.to_string(), at);
                assert_refused(&hex, IdError::Digit { at, found });
            }
        }
        let at = 63;
        assert_refused(&with("x", at), IdError::Digit { at, found: 'x' });
        let at = 20;
        assert_refused(&with("xy", at), IdError::Digit { at, found: 'x' });
    }

    /// An id that is spelt in two ways would be taken for two events.
    #[measuring::test]
    fn uppercase_is_refused() {
        for (found, at) in ('A'..='F').zip(5..) {
            let hex = with(&found.to_string(), at);
            assert_refused(&hex, IdError::Digit { at, found });
        }
    }

    #[measuring::test]
    fn the_error_says_what_to_send() {
        for (text, expected) in [
            ("abc".into(), "an id has 64 digits; send all of them, not 3"),
            (with("G", 9), "'G' at 9: send only 0-9 and a-f"),
        ] {
            let came = text.parse::<EventId>().map_err(|error| error.to_string());
            let expected = Err(expected.to_owned());
            assert_gives(format_args!("{text:?}, parsed"), &came, &expected);
        }
    }

    #[measuring::test]
    fn ids_are_ordered_as_their_texts() {
        let mut texts = sample(1_000);
        texts.extend((0..64).map(|at| with("1", at)));
        let mut ids: Vec<EventId> = texts.iter().map(|text| id(text)).collect();
        texts.sort_unstable();
        ids.sort_unstable();
        assert_written("ids, sorted", &ids, &texts);
    }

    /// The ids have these texts, in this order.
    #[track_caller]
    fn assert_written(what: &str, ids: &[EventId], expected: &[String]) {
        for (at, (id, text)) in ids.iter().zip(expected).enumerate() {
            assert_gives(format_args!("{what}: id {at}"), &id.to_string(), text);
        }
        assert_gives(
            format_args!("{what}: how many"),
            &ids.len(),
            &expected.len(),
        );
    }

    #[track_caller]
    fn assert_imported(what: &str, backup: &[String], expected: &[String]) {
        match import(backup) {
            Ok(ids) => assert_written(what, &ids, expected),
            Err(error) => panic!("{what}: refused as {error:?}"),
        }
    }

    #[measuring::test]
    fn the_first_of_each_id_is_kept() {
        let (a, b) = (with("a", 0), with("a", 63));
        let backup = [&b, &a, &b, &b, &a, &b].map(String::clone);
        assert_imported("an import of b, a, b, b, a, b", &backup, &[b, a.clone()]);
        assert_imported("an import of nothing", &[], &[]);
        let came = import(&[a, "b".into()]);
        let what = format_args!("an import with a text of one digit");
        assert_gives(what, &came, &Err(IdError::Length(1)));
    }

    /// Many of them have the same beginning, end, sum or exclusive or.
    #[measuring::test]
    fn ids_that_are_alike_are_not_the_same() {
        let mut texts = vec![with("0", 0)];
        for at in 0..64 {
            texts.push(with("1", at));
            texts.extend((at + 1..64).map(|other| {
                let mut text = with("1", at);
                text.replace_range(other..=other, "1");
                text
            }));
        }
        assert_imported(
            "an import of ids that differ in one digit or two",
            &texts,
            &texts,
        );
    }

    #[measuring::test]
    fn seventy_thousand_ids_are_imported() {
        measuring::awaiting("an import of 70,000 ids, which can't compare each with all others");
        let mut backup = sample(70_000);
        backup.sort_unstable();
        backup.extend_from_within(66_000..69_000);
        let ids = import(&backup).unwrap_or_default();
        let what = format_args!("an import of 70,000 ids, of which 3,000 come twice: how many");
        assert_gives(what, &ids.len(), &70_000);
        for at in (0..70_000).step_by(700) {
            let what = format_args!("an import of 70,000 ids: id {at}");
            assert_gives(what, &ids[at].to_string(), &backup[at]);
        }
    }

    #[measuring::test]
    fn an_import_stays_in_budget() {
        let mut backup = sample(1_000);
        let expected = backup[..990].to_vec();
        backup[990..].clone_from_slice(&expected[..10]);
        let ids = BUDGET.assert_holds_in_process(|| import(black_box(&backup)));
        assert_written(
            "an import of 1,000 ids",
            &ids.unwrap_or_default(),
            &expected,
        );
    }

    #[measuring::test]
    fn an_import_of_few_or_many_stays_in_budget() {
        for count in [0, 1, 10, 300, 5_000] {
            let (backup, per_id) = (sample(count), |bytes: u64| bytes * count + 500);
            let budget = Budget::of("event_ids")
                .allocations(3)
                .bytes(per_id(112))
                .live(per_id(36) as i64);
            let _ = budget.assert_holds(|| import(black_box(&backup)));
        }
    }

    #[measuring::test]
    fn reading_and_writing_allocate_nothing() {
        let (backup, budget) = (
            sample(1_000),
            Budget::of("event_ids").allocations(0).live(0),
        );
        let mut written = String::with_capacity(65 * 1_000);
        budget.assert_holds_in_process(|| {
            for hex in &backup {
                let _ = black_box(hex)
                    .parse()
                    .map(|id: EventId| writeln!(written, "{id}"));
            }
        });
        for (line, text) in written.lines().zip(&backup) {
            assert_gives("an id, read and written", line, text.as_str());
        }
    }

    #[measuring::test]
    fn refusing_allocates_nothing() {
        let budget = Budget::of("event_ids").allocations(0).live(0);
        for hex in ["abc".to_owned(), with("x", 63)] {
            let _ = budget.assert_holds(|| black_box(&hex).parse::<EventId>().is_err());
        }
    }
}
