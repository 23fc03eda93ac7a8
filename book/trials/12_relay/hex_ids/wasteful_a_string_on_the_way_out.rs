//! Clients name events and authors by 64 digits of hex, in lower case and nothing else, as the protocol has it. Inside
//! the relay an id is 32 bytes. So ids are read with every request and written with every event that is sent.
//!
//! Both lengths are known, so both are arrays, which the caller gets by value. Digits are looked at as bytes: a digit's
//! value follows from its place in ASCII. `u8::from_str_radix` would need no heap either, but takes `+f` and `AB`.
//!
//! | once there is room for the answer | budget | why                                              |
//! |-----------------------------------|-------:|--------------------------------------------------|
//! | allocations, 1,000 ids asked for       |      0 | an id is 32 bytes, its hex 64: both are values   |

use std::collections::BTreeSet;

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("hex_ids").allocations(0);

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

fn main() {
    let (asked, stored) = sample();
    let mut out = Vec::with_capacity(asked.len());
    measuring::show(BUDGET, || answer(&asked, &stored, &mut out));
}

/// A thousand ids, every second of which is stored.
fn sample() -> (String, BTreeSet<[u8; 32]>) {
    let part = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let asked = (0..1_000).map(|n| format!("{:016x}", part(n)).repeat(4) + "\n");
    let id = |n: u64| std::array::from_fn(|at| part(n).to_be_bytes()[at % 8]);
    (asked.collect(), (0..1_000).step_by(2).map(id).collect())
}
