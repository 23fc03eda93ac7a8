//! A comparison whose failure says in one line what was expected, what came, and for which input.

use std::fmt::{Debug, Display};

/// More characters than this of a value are no help; what is shown begins shortly before the first difference.
const LONGEST: usize = 160;

/// Holds what an answer gave for an input against what was expected.
///
/// ```
/// let text = "a,b";
/// measuring::assert_gives(format_args!("fields of {text:?}"), &text.split(',').count(), &2);
/// ```
///
/// # Panics
///
/// Where the two differ: `fields of "a,b": expected 3, came 2`. Of long values the part around the first difference is
/// shown.
#[track_caller]
pub fn assert_gives<C, E>(what: impl Display, came: &C, expected: &E)
where
    C: PartialEq<E> + Debug + ?Sized,
    E: Debug + ?Sized,
{
    if came != expected {
        let (came, expected) = shortened(&format!("{came:?}"), &format!("{expected:?}"));
        panic!("{what}: expected {expected}, came {came}");
    }
}

/// Both texts, cut to what is around their first difference.
fn shortened(came: &str, expected: &str) -> (String, String) {
    let same = came.chars().zip(expected.chars());
    let same = same.take_while(|(a, b)| a == b).count();
    let cut = |text: &str| {
        let length = text.chars().count();
        if length <= LONGEST {
            return text.to_owned();
        }
        let start = same.saturating_sub(LONGEST / 4).min(length - LONGEST);
        let part: String = text.chars().skip(start).take(LONGEST).collect();
        let before = if start > 0 { "…" } else { "" };
        let after = if start + LONGEST < length { "…" } else { "" };
        format!("{before}{part}{after}")
    };
    (cut(came), cut(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_pass() {
        assert_gives("numbers", &[1, 2][..], &vec![1, 2]);
    }

    #[test]
    #[should_panic(expected = "fields of \"a,b\": expected 3, came 2")]
    fn a_difference_is_told_in_a_line() {
        assert_gives("fields of \"a,b\"", &2, &3);
    }

    #[test]
    fn long_values_are_cut_around_the_difference() {
        let long = |last: char| format!("{}{last}{}", "é".repeat(1_000), "x".repeat(1_000));
        let (came, expected) = shortened(&long('a'), &long('b'));
        assert!(came.starts_with("…éé") && came.contains("éa") && came.ends_with("xx…"));
        assert!(expected.contains("éb") && expected.chars().count() == LONGEST + 2);
        let (came, expected) = shortened(&"x".repeat(1_000), "short");
        assert!(came.ends_with('…') && expected == "short");
    }
}
