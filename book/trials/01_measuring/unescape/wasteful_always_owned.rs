//! Gives every value its room at once, also those that need none.

use measuring::Budget;
use std::borrow::Cow;

measuring::install!();

const BUDGET: Budget = Budget::of("unescape").allocations(50).bytes(1_750);

/// The text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
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
