//! A tool searches structured logs. Values are written with four escapes, `\n`, `\t`, `\"` and `\\`, and it undoes them
//! before it looks at a value. A backslash before anything else, or at the end, is no escape and stays.
//!
//! Nineteen values of twenty have no backslash at all: what is wanted is already there, in the log. `Cow` says for each
//! value whether it is lent or made, and its user sees a `str` in both cases.
//!
//! | a thousand values        | measure | budget | why                                               |
//! |--------------------------|---------|--------|---------------------------------------------------|
//! | without escapes          | allocations  |      0 | they are borrowed from the log                    |
//! | 50 of them with escapes  | allocations  |     50 | one for each that differs from the log            |
//! |                          | bytes   |  1,750 | its length in the log: undone, it is only shorter |

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// The text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = match letter {
            '\\' => letters.next_if(|next| matches!(next, 'n' | 't' | '"' | '\\')),
            _ => None,
        };
        text.push(escaped.map_or(letter, meaning));
    }
    Cow::Owned(text)
}

fn meaning(escaped: char) -> char {
    match escaped {
        'n' => '\n',
        't' => '\t',
        other => other,
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("unescape")
    .allocations(50)
    .bytes(1_750);

/// A thousand values of 35 bytes, one in twenty of them with escapes.
fn sample() -> Vec<String> {
    let value = |n: usize| match n % 20 {
        7 => format!(r#"user {n:04} said \"no\"\tand walked\n"#),
        _ => format!("user {n:04} said yes and stayed here."),
    };
    (0..1_000).map(value).collect()
}

fn total_length(values: &[String]) -> usize {
    values.iter().map(|value| unescape(value).len()).sum()
}

fn main() {
    let values = sample();
    measuring::show(BUDGET, || total_length(&values));
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    #[test]
    fn plain_values_stay_as_they_are() {
        for value in [
            "",
            "yes",
            "naïve 🦀",
            "tab\tand line\n",
            r#"a "quoted" word"#,
        ] {
            assert_eq!(unescape(value), value);
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(r"one\ntwo\tthree"), "one\ntwo\tthree");
        assert_eq!(unescape(r#"\"no\""#), "\"no\"");
        assert_eq!(unescape(r"C:\\temp\\new"), r"C:\temp\new");
        assert_eq!(unescape(r"naïve\n🦀"), "naïve\n🦀");
    }

    #[test]
    fn an_escaped_backslash_begins_no_escape() {
        assert_eq!(unescape(r"\\n"), r"\n");
        assert_eq!(unescape(r"\\\n"), "\\\n");
        assert_eq!(unescape(r"\\\\"), r"\\");
    }

    #[test]
    fn other_backslashes_stay() {
        assert_eq!(unescape(r"\d+ \🦀 \N"), r"\d+ \🦀 \N");
        assert_eq!(unescape(r"half\"), r"half\");
        assert_eq!(unescape(r"\d\\\"), r"\d\\");
        assert_eq!(unescape("\\\n"), "\\\n");
    }

    #[test]
    fn the_meter_counts() {
        let (copy, cost) = measuring::heap(|| black_box("a value").to_owned());
        assert_eq!((cost.allocations, cost.bytes), (1, 7));
        drop(copy);
    }

    #[test]
    fn the_sample_is_unescaped() {
        assert_eq!(total_length(&sample()), 1_000 * 35 - 50 * 4);
    }

    #[test]
    fn a_thousand_plain_values_stay_in_budget() {
        let plain = Budget::of("unescape").allocations(0);
        let values = vec!["user 0001 said yes and stayed here."; 1_000];
        let length = |value| black_box(unescape(black_box(value))).len();
        let total: usize = plain.assert_holds(|| values.iter().copied().map(length).sum());
        assert_eq!(total, 35_000);
    }

    #[test]
    fn a_mixed_thousand_stays_in_budget() {
        let values = sample();
        black_box(BUDGET.assert_holds(|| total_length(black_box(&values))));
    }

    #[test]
    fn an_escaped_value_is_one_block_of_its_length() {
        for value in [r"\n", r"C:\\temp\\new", r"a long value that ends in \t"] {
            let budget = Budget::of("unescape")
                .allocations(1)
                .bytes(value.len() as u64);
            black_box(budget.assert_holds(|| unescape(black_box(value))));
        }
    }
}
