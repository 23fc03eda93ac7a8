//! Makes each text in a buffer that stays for the next one, and returns a copy.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::cell::RefCell;

thread_local! {
    static BUFFER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Returns the text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    BUFFER.with_borrow_mut(|text| {
        text.clear();
        let mut letters = value.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = match letter {
                '\\' => letters.next_if(|next| matches!(next, 'n' | 't' | '"' | '\\')),
                _ => None,
            };
            text.push(escaped.map_or(letter, meaning));
        }
        Cow::Owned(text.clone())
    })
}

fn meaning(escaped: char) -> char {
    match escaped {
        'n' => '\n',
        't' => '\t',
        other => other,
    }
}
