//! Clients name events and authors by 64 hex digits. The protocol allows lower case only. Inside
//! the relay an id is 32 bytes. The relay reads ids with every request and writes them with every
//! event that it sends: `"79be…98"` (64 digits) ↔ `[0x79, 0xbe, …, 0x98]` (32 bytes).
//!
//! As written, each conversion makes a `String` or a `Vec` for the whole and one `String` per byte.
//! Convert without the heap. A text that is not exactly 64 digits of `0-9` and `a-f` gives `None`,
//! also without an allocation. To run the relay with your part:
//! `cargo test -p relay --features hex_ids --test wire --test server`.
//!
//! | measure                        | budget | why                                          |
//! |--------------------------------|-------:|----------------------------------------------|
//! | allocations, any number of ids |      0 | an id is 32 bytes, its hex 64: both by value |
//! | live, in bytes                 |      0 | nothing is kept between conversions          |

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// Returns the id that `text` is the hex of. Returns `None` for anything but 64 digits of `0-9`
/// and `a-f`: `b"ab"`, `b"AB…"`, `b"+f…"`.
// TODO: allocates a copy of the text, a `String` per byte, and a `Vec` of bytes.
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

/// Returns the 64 hex digits of an id, in lower case.
// TODO: allocates a `String` per byte, a list of them, and their concatenation.
pub fn to_hex(id: &[u8; 32]) -> [u8; 64] {
    let pairs: Vec<String> = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut digits = [0; 64];
    digits.copy_from_slice(pairs.concat().as_bytes());
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

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("hex_ids").allocations(0).live(0);

fn main() {
    let (asked, stored) = sample(1_000);
    let mut out = Vec::with_capacity(asked.len());
    measuring::show(BUDGET, || answer(&asked, &stored, &mut out));
}

/// So many ids, every second of which is stored.
fn sample(count: u64) -> (String, std::collections::BTreeSet<[u8; 32]>) {
    let asked = (0..count).map(|n| id(n).map(|byte| format!("{byte:02x}")).concat() + "\n");
    (asked.collect(), (0..count).step_by(2).map(id).collect())
}

/// An id of 32 bytes that look random.
fn id(n: u64) -> [u8; 32] {
    let word = |at: u64| (4 * n + at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::array::from_fn(|at| word(at as u64 / 8).to_be_bytes()[at % 8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::assert_gives;
    use std::hint::black_box;

    const HEX: &[u8] = b"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    fn text(bytes: &[u8]) -> String {
        bytes.escape_ascii().to_string()
    }

    #[track_caller]
    fn assert_converts(id: &[u8; 32]) {
        let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_gives(format_args!("to_hex({id:02x?})"), &text(&to_hex(id)), &hex);
        let came = from_hex(hex.as_bytes());
        assert_gives(format_args!("from_hex({hex:?})"), &came, &Some(*id));
    }

    #[measuring::test]
    fn sixty_four_digits_are_thirty_two_bytes_and_back() {
        let id = from_hex(HEX).expect("from_hex of 64 digits gives an id");
        let ends = [id[0], id[1], id[30], id[31]];
        assert_gives(
            "first and last bytes of 79be…1798",
            &ends,
            &[0x79, 0xbe, 0x17, 0x98],
        );
        (0..1_000).for_each(|n| assert_converts(&super::id(n)));
        for byte in 0..=255 {
            for at in 0..32 {
                let mut id = [0x5a; 32];
                id[at] = byte;
                assert_converts(&id);
            }
        }
    }

    #[measuring::test]
    fn only_digits_and_lower_case_are_accepted() {
        for at in 0..64 {
            for byte in 0..=255 {
                let mut hex = HEX.to_vec();
                hex[at] = byte;
                let is_digit = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let accepted = from_hex(&hex).is_some();
                let what = format_args!("from_hex accepts {:?}", text(&hex)).to_string();
                assert_gives(what, &accepted, &is_digit);
            }
        }
        let upper = from_hex(&HEX.to_ascii_uppercase());
        assert_gives("from_hex of upper case", &upper, &None);
        let accents = from_hex("é".repeat(32).as_bytes());
        assert_gives("from_hex of 32 é, which are 64 bytes", &accents, &None);
    }

    /// Lengths that are 64 in their lowest 8 or 16 bits are among them.
    #[measuring::test]
    fn another_length_is_no_id() {
        for length in (0..64).chain([65, 66, 96, 128, 256, 320, 65_536, 65_600]) {
            let hex: Vec<u8> = HEX.iter().copied().cycle().take(length).collect();
            assert_gives(
                format_args!("from_hex of {length} digits"),
                &from_hex(&hex),
                &None,
            );
        }
    }

    #[measuring::test]
    fn an_answer_has_the_ids_that_are_stored() {
        let (asked, stored) = sample(1_000);
        let mut out = Vec::new();
        answer(&asked, &stored, &mut out);
        let expected: Vec<String> = asked.lines().step_by(2).map(str::to_owned).collect();
        let came: Vec<String> = text(&out).split("\\n").map(str::to_owned).collect();
        assert_gives(
            "the answer to 1,000 ids",
            &came[..came.len() - 1],
            &expected[..],
        );
    }

    /// Runs alone in its process: no earlier call has made or kept anything.
    #[measuring::test]
    fn conversions_stay_in_budget_from_the_first_on() {
        let (asked, stored) = sample(2_500);
        let mut out = Vec::with_capacity(asked.len());
        BUDGET.assert_holds_in_process(|| {
            black_box((from_hex(black_box(HEX)), to_hex(black_box(&id(7)))));
            answer(black_box(&asked), &stored, &mut out);
        });
        for length in [0, 65, 13_000] {
            out.clear();
            let asked = &asked[..length];
            BUDGET.assert_holds(|| answer(black_box(asked), &stored, &mut out));
        }
    }

    #[measuring::test]
    fn refusals_stay_in_budget() {
        let (upper, long) = (HEX.to_ascii_uppercase(), HEX.repeat(1_000));
        BUDGET.assert_holds(|| {
            for text in [&upper[..], &HEX[1..], b"", &[0xff; 64], &long] {
                black_box(from_hex(black_box(text)));
            }
        });
    }
}
