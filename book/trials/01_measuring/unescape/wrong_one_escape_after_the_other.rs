//! Replaces one escape after the other, and so undoes what an earlier replacement made.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// The text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let text = value.replace(r"\\", "\\").replace(r"\n", "\n");
    Cow::Owned(text.replace(r"\t", "\t").replace(r#"\""#, "\""))
}
