//! The common case first: escaping names for HTML, where hardly any name needs it.

use std::borrow::Cow;

/// Names to print.
pub struct Names {
    all: Vec<String>,
}

impl Names {
    /// A thousand names with nothing to escape.
    pub fn plain() -> Self {
        Self {
            all: (0..1_000)
                .map(|it| format!("the visitor number {it}"))
                .collect(),
        }
    }

    /// A thousand names with something to escape in each, right at the end.
    pub fn special() -> Self {
        Self {
            all: (0..1_000)
                .map(|it| format!("the visitor number {it}&"))
                .collect(),
        }
    }
}

// ANCHOR: always_built
/// A new string for every name.
pub fn always_built(names: &Names) -> usize {
    names.all.iter().map(|name| print(&escaped(name))).sum()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
// ANCHOR_END: always_built

// ANCHOR: fast_path
/// A new string only where there is something to escape.
pub fn fast_path(names: &Names) -> usize {
    names
        .all
        .iter()
        .map(|name| print(&escaped_if_needed(name)))
        .sum()
}

fn escaped_if_needed(text: &str) -> Cow<'_, str> {
    let special = |byte| matches!(byte, b'&' | b'<' | b'>' | b'"');
    if text.bytes().any(special) {
        Cow::Owned(escaped(text))
    } else {
        Cow::Borrowed(text)
    }
}
// ANCHOR_END: fast_path

/// Stands for the page: the text must be there, and nothing is done with it.
#[inline(never)]
fn print(text: &str) -> usize {
    std::hint::black_box(text).len()
}
