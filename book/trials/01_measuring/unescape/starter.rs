//! A tool searches structured logs. Their values are written with four escapes, `\n`, `\t`, `\"`
//! and `\\`, and the tool undoes them: `C:\\temp\d` stands for the text `C:\temp\d`. A backslash
//! before any other letter, or at the end, is no escape and stays.
//!
//! Nineteen values of twenty have no backslash, so the log already holds their text. This code
//! copies every value all the same, letter by letter, into a String that grows.
//!
//! | a thousand values of 35 bytes | measure     | budget | why                                |
//! |-------------------------------|-------------|-------:|------------------------------------|
//! | without a backslash           | allocations |      0 | each is borrowed from the log      |
//! | 50 of them with escapes       | allocations |     50 | one for each that has a backslash  |
//! |                               | bytes       |  1,925 | its length in the log, and a tenth |
//! |                               | live        |      0 | nothing outlives the texts         |

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// Returns the text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    // TODO: every value is copied, and every copy grows several times.
    let mut text = String::new();
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
    .bytes(1_925)
    .live(0);

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
    use super::{BUDGET, sample, total_length, unescape};
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let text = unescape(value);
        assert_gives(format_args!("text of {value:?}"), &*text, expected);
    }

    /// The same, by looking at two letters at a time.
    fn plainly(value: &str) -> String {
        let letters: Vec<char> = value.chars().collect();
        let (mut text, mut at) = (String::new(), 0);
        while at < letters.len() {
            let (letter, length) = match letters[at..] {
                ['\\', 'n', ..] => ('\n', 2),
                ['\\', 't', ..] => ('\t', 2),
                ['\\', next @ ('"' | '\\'), ..] => (next, 2),
                [letter, ..] => (letter, 1),
                [] => break,
            };
            text.push(letter);
            at += length;
        }
        text
    }

    #[measuring::test]
    fn values_are_unescaped() {
        check("", "");
        check("naïve 🦀", "naïve 🦀");
        check(r"C:\\temp\d", r"C:\temp\d");
        check(r"one\ntwo\tthree", "one\ntwo\tthree");
        check(r#"\"no\""#, "\"no\"");
        check(r"\\\n", "\\\n");
        check(r"half\", r"half\");
        check(r"\d+ \🦀 \N", r"\d+ \🦀 \N");
        // And every value of at most six of these letters.
        let mut values = vec![String::new()];
        for length in 1..=6 {
            let begun = values
                .iter()
                .filter(|value| value.chars().count() == length - 1);
            let longer = |value: &String| ["\\", "n", "\"", "é"].map(|last| value.clone() + last);
            let longer: Vec<String> = begun.flat_map(longer).collect();
            values.extend(longer);
        }
        for value in values {
            check(&value, &plainly(&value));
        }
    }

    #[measuring::test]
    fn there_are_four_escapes() {
        for letter in (0..=127).map(char::from) {
            let value = format!("a\\{letter}z");
            check(&value, &plainly(&value));
        }
    }

    #[measuring::test]
    fn values_without_a_backslash_are_borrowed() {
        let long = "naïve ".repeat(12_000);
        let values = ["", "yes", "tab\tand line\n", "a \"quoted\" 🦀", &long].map(str::to_owned);
        let plain = Budget::of("unescape").allocations(0).live(0);
        plain.assert_holds(|| total_length(black_box(&values)));
    }

    #[measuring::test]
    fn a_mixed_thousand_stays_in_budget() {
        let values = sample();
        let length = BUDGET.assert_holds_in_process(|| total_length(black_box(&values)));
        assert_gives("length of the sample's texts", &length, &34_800);
    }

    #[measuring::test]
    fn a_text_of_any_length_is_one_allocation() {
        for length in [20, 100, 1_001, 70_000] {
            let plain = "é".repeat(length);
            let shapes = [
                ("an escape at the start", format!(r"\t{plain}")),
                ("an escape at the end", format!(r"{plain}\t")),
                ("nothing but escapes", r"\n".repeat(length / 2)),
            ];
            for (shape, value) in shapes {
                let what = format_args!("text of {} bytes, {shape}", value.len());
                assert_gives(what, &*unescape(&value), &*plainly(&value));
                let bytes = (value.len() + value.len() / 10) as u64;
                let one = Budget::of("unescape").allocations(1).bytes(bytes).live(0);
                one.assert_holds(|| unescape(black_box(&value)).len());
            }
        }
    }
}
