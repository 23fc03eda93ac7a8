//! Uses `to_digit` and `from_digit` of `char`, once upper case is refused.

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
    if digit.is_ascii_uppercase() {
        return None;
    }
    char::from(digit).to_digit(16).map(|it| it as u8)
}

/// The hex of an id.
pub fn to_hex(id: &[u8; 32]) -> [u8; 64] {
    std::array::from_fn(|at| {
        let half = id[at / 2] >> (4 * (1 - at % 2)) & 0x0f;
        char::from_digit(half.into(), 16).unwrap_or_default() as u8
    })
}

/// Answers a list of ids, one a line, with those that are stored.
fn answer(asked: &str, stored: &BTreeSet<[u8; 32]>, out: &mut Vec<u8>) {
    let ids = asked.lines().filter_map(|line| from_hex(line.as_bytes()));
    for id in ids.filter(|id| stored.contains(id)) {
        out.extend_from_slice(&to_hex(&id));
        out.push(b'\n');
    }
}
