//! Clients name events and authors by 64 digits of hex, in lower case and nothing else, as the protocol has it. Inside
//! the relay an id is 32 bytes. So ids are read with every request and written with every event that is sent.
//!
//! As written, the digits are gathered in a String and taken apart into one String for each byte; on the way out each byte is
//! printed to a String of its own. How long an id and its hex are is known, so neither needs the heap.
//!
//! The relay takes it in place of its own: `cargo test -p relay --features hex_ids --test wire --test server`.
//!
//! | once there is room for the answer | budget | why                                              |
//! |-----------------------------------|-------:|--------------------------------------------------|
//! | allocations, 1,000 ids asked for       |      0 | an id is 32 bytes, its hex 64: both are values   |

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// The id that a text is the hex of: exactly 64 digits, 0-9 and a-f.
// TODO: put each byte where it belongs, in an array.
pub fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digits = String::from_utf8(text.to_vec()).ok()?;
    let is_digit = |letter| matches!(letter, '0'..='9' | 'a'..='f');
    if digits.len() != 64 || !digits.chars().all(is_digit) {
        return None;
    }
    let pairs: Vec<String> = (0..32)
        .map(|at| digits[2 * at..2 * at + 2].to_owned())
        .collect();
    let bytes = pairs.iter().map(|pair| u8::from_str_radix(pair, 16));
    bytes.collect::<Result<Vec<u8>, _>>().ok()?.try_into().ok()
}

/// The hex of an id.
// TODO: two digits for each byte, in an array.
pub fn to_hex(id: &[u8; 32]) -> [u8; 64] {
    let pairs: Vec<String> = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut digits = [0; 64];
    digits.copy_from_slice(pairs.concat().as_bytes());
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

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("hex_ids").allocations(0);

fn main() {
    let (asked, stored) = sample();
    let mut out = Vec::with_capacity(asked.len());
    measuring::show(BUDGET, || answer(&asked, &stored, &mut out));
}

/// A thousand ids, every second of which is stored.
fn sample() -> (String, std::collections::BTreeSet<[u8; 32]>) {
    let part = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let asked = (0..1_000).map(|n| format!("{:016x}", part(n)).repeat(4) + "\n");
    let id = |n: u64| std::array::from_fn(|at| part(n).to_be_bytes()[at % 8]);
    (asked.collect(), (0..1_000).step_by(2).map(id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    const HEX: &[u8] = b"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    #[test]
    fn sixty_four_digits_are_thirty_two_bytes() {
        let id = from_hex(HEX).unwrap();
        assert_eq!(id[..4], [0x79, 0xbe, 0x66, 0x7e]);
        assert_eq!(id[28..], [0x16, 0xf8, 0x17, 0x98]);
        assert_eq!(to_hex(&id), HEX);
    }

    #[test]
    fn every_byte_at_every_place_comes_back() {
        for byte in 0..=255 {
            for at in 0..32 {
                let mut id = [0x5a; 32];
                id[at] = byte;
                let hex = to_hex(&id);
                assert_eq!(hex[2 * at..2 * at + 2], *format!("{byte:02x}").as_bytes());
                assert_eq!(from_hex(&hex), Some(id));
            }
        }
    }

    #[test]
    fn only_the_digits_of_lower_case_are_digits() {
        for at in [0, 1, 31, 62, 63] {
            for byte in 0..=255 {
                let mut text = HEX.to_vec();
                text[at] = byte;
                let is_digit = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                assert_eq!(from_hex(&text).is_some(), is_digit, "{byte:#04x} at {at}");
            }
        }
        assert_eq!(from_hex(&HEX.to_ascii_uppercase()), None);
        assert_eq!(from_hex("é".repeat(32).as_bytes()), None, "64 bytes");
    }

    #[test]
    fn another_length_is_no_id() {
        for length in (0..64).chain([65, 66, 128]) {
            let text: Vec<u8> = HEX.iter().copied().cycle().take(length).collect();
            assert_eq!(from_hex(&text), None, "{length} digits");
        }
    }

    #[test]
    fn an_answer_has_the_ids_that_are_stored() {
        let (asked, stored) = sample();
        let mut out = Vec::new();
        answer(&asked, &stored, &mut out);
        let lines = asked.lines().step_by(2);
        assert!(lines.eq(str::from_utf8(&out).unwrap().lines()));
    }

    #[test]
    fn an_answer_stays_in_budget() {
        let (asked, stored) = sample();
        let mut out = Vec::with_capacity(asked.len());
        BUDGET.assert_holds(|| answer(black_box(&asked), &stored, &mut out));
    }

    #[test]
    fn refusing_costs_nothing_either() {
        let upper = HEX.to_ascii_uppercase();
        BUDGET.assert_holds(|| {
            for text in [&upper[..], &HEX[1..], b"", &[0xff; 64]] {
                assert_eq!(from_hex(black_box(text)), None);
            }
        });
    }
}
