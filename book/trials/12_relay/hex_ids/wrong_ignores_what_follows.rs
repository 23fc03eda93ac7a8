//! Takes the first 64 digits of a longer text.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// The id that a text is the hex of: exactly 64 digits, 0-9 and a-f.
pub fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.first_chunk()?;
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
    let mut digits = [0; 64];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(id) {
        *pair = [byte >> 4, byte & 0x0f].map(|value| b"0123456789abcdef"[usize::from(value)]);
    }
    digits
}

/// Answers a list of ids, one a line, with those that are stored.
fn answer(asked: &str, stored: &BTreeSet<[u8; 32]>, out: &mut Vec<u8>) {
    let ids = asked.lines().filter_map(|line| from_hex(line.as_bytes()));
    for id in ids.filter(|id| stored.contains(id)) {
        out.extend_from_slice(&to_hex(&id));
        out.push(b'\n');
    }
}
