//! Prints the digits into a `String` first.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// The id that a text is the hex of: exactly 64 digits, 0-9 and a-f.
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
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The hex of an id.
pub fn to_hex(id: &[u8; 32]) -> [u8; 64] {
    use std::fmt::Write;
    let mut digits = String::with_capacity(64);
    for byte in id {
        let _ = write!(digits, "{byte:02x}");
    }
    digits.into_bytes().try_into().unwrap_or([0; 64])
}

/// Answers a list of ids, one a line, with those that are stored.
fn answer(asked: &str, stored: &BTreeSet<[u8; 32]>, out: &mut Vec<u8>) {
    let ids = asked.lines().filter_map(|line| from_hex(line.as_bytes()));
    for id in ids.filter(|id| stored.contains(id)) {
        out.extend_from_slice(&to_hex(&id));
        out.push(b'\n');
    }
}
