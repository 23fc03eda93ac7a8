//! Replaces one escape after the other, and so undoes what an earlier replacement made.

use measuring::Budget;
use std::borrow::Cow;

measuring::install!();

const BUDGET: Budget = Budget::of("unescape").allocations(50).bytes(1_750);

/// The text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let text = value.replace(r"\\", "\\").replace(r"\n", "\n");
    Cow::Owned(text.replace(r"\t", "\t").replace(r#"\""#, "\""))
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
