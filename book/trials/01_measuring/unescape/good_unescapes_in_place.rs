//! Copies the value once, and moves the letters of the copy together.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// Returns the text that a logged value stands for.
fn unescape(value: &str) -> Cow<'_, str> {
    let Some(first) = value.find('\\') else {
        return Cow::Borrowed(value);
    };
    let mut bytes = value.to_owned().into_bytes();
    let (mut read, mut written) = (first, first);
    while read < bytes.len() {
        let (byte, length) = match bytes[read..] {
            [b'\\', b'n', ..] => (b'\n', 2),
            [b'\\', b't', ..] => (b'\t', 2),
            [b'\\', next @ (b'"' | b'\\'), ..] => (next, 2),
            [byte, ..] => (byte, 1),
            [] => unreachable!("the loop ends before"),
        };
        bytes[written] = byte;
        written += 1;
        read += length;
    }
    bytes.truncate(written);
    Cow::Owned(String::from_utf8(bytes).expect("whole letters were moved"))
}
