//! Borrows every value without an escape, also one with other backslashes.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// The text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    let is_escape = |pair: &[u8]| pair[0] == b'\\' && matches!(pair[1], b'n' | b't' | b'"' | b'\\');
    if !value.as_bytes().windows(2).any(is_escape) {
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
