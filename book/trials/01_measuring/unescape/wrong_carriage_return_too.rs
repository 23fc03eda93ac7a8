//! Undoes `\r` as well, a fifth escape.

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
            '\\' => letters.next_if(|next| matches!(next, 'n' | 't' | 'r' | '"' | '\\')),
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
        'r' => '\r',
        other => other,
    }
}
