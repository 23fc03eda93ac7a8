//! Prints with `write!` into the array itself; reads with a table of 256 values.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// Returns the id that `text` is the hex of. Returns `None` for anything but 64 digits of `0-9`
/// and `a-f`: `b"ab"`, `b"AB…"`, `b"+f…"`.
pub fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.try_into().ok()?;
    let (pairs, _) = digits.as_chunks::<2>();
    let mut id = [0; 32];
    for (byte, [high, low]) in id.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(id)
}

fn value(digit: u8) -> Option<u8> {
    const VALUES: [u8; 256] = {
        let (mut values, mut at) = ([255; 256], 0);
        while at < 16 {
            values[b"0123456789abcdef"[at] as usize] = at as u8;
            at += 1;
        }
        values
    };
    Some(VALUES[usize::from(digit)]).filter(|value| *value < 16)
}

/// Returns the 64 hex digits of an id, in lower case.
pub fn to_hex(id: &[u8; 32]) -> [u8; 64] {
    use std::io::Write;
    let mut digits = [0; 64];
    let mut rest = &mut digits[..];
    for byte in id {
        let _ = write!(rest, "{byte:02x}");
    }
    digits
}

/// Answers a list of ids, one per line, with those that are stored.
fn answer(asked: &str, stored: &BTreeSet<[u8; 32]>, out: &mut Vec<u8>) {
    let ids = asked.lines().filter_map(|line| from_hex(line.as_bytes()));
    for id in ids.filter(|id| stored.contains(id)) {
        out.extend_from_slice(&to_hex(&id));
        out.push(b'\n');
    }
}
