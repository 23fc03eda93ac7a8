//! A relay numbers its authors: a serial of 5 bytes stands for a public key of 32. At its start it
//! loads all pairs, and then looks them up in both directions. Every serial and every key is there
//! once. Serials have gaps, because authors are deleted.
//!
//! The pairs are in one list, sorted by serial: a binary search finds a serial. The other direction
//! is an index, the same pairs in the order of their keys, as numbers of 4 bytes. Nothing is hashed
//! or added later, and no capacity is spare. A search takes ten steps where a map takes one or two.
//!
//! | measure       | budget | why                                                             |
//! |---------------|-------:|-----------------------------------------------------------------|
//! | allocations   |      4 | the pairs (in one list or two), an index, perhaps a passing one |
//! | bytes, peak   | 49,000 | what is live, and a passing index                               |
//! | live          | 43,000 | 1,000 pairs of 37 bytes, and an index of 4 bytes per pair       |
//! | live, dropped |      0 | dropped authors leave nothing behind                            |

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
    /// Indexes of all pairs, sorted by public key.
    by_pubkey: Vec<u32>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        let mut by_pubkey: Vec<u32> = (0..pairs.len() as u32).collect();
        by_pubkey.sort_unstable_by_key(|index| pairs[*index as usize].1);
        Self { pairs, by_pubkey }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let pair = |index: &u32| &self.pairs[*index as usize];
        let found = self
            .by_pubkey
            .binary_search_by(|index| pair(index).1.cmp(pubkey));
        found.ok().map(|index| &pair(&self.by_pubkey[index]).0)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("pubkey_table")
    .allocations(4)
    .bytes(49_000)
    .peak(49_000)
    .live(43_000);

fn main() {
    let pairs = sample(1_000);
    measuring::show(BUDGET, || look_up_all(&pairs));
}

/// Loads the pairs, and looks each of them up in both directions.
fn look_up_all(pairs: &[([u8; 5], [u8; 32])]) -> (Authors, usize) {
    let authors = Authors::load(pairs);
    let found = |(serial, key): &&([u8; 5], [u8; 32])| {
        authors.pubkey(serial) == Some(key) && authors.serial(key) == Some(serial)
    };
    let found = pairs.iter().filter(found).count();
    (authors, found)
}

/// Pairs in no order at all; the serials have gaps.
fn sample(count: u64) -> Vec<([u8; 5], [u8; 32])> {
    let pair = |number: u64| (serial(number * 7_919 % 1_000_003), pubkey(number));
    (0..count).map(pair).collect()
}

fn serial(number: u64) -> [u8; 5] {
    let [_, _, _, serial @ ..] = number.to_be_bytes();
    serial
}

/// Keys that differ in the last eight bytes alone.
fn pubkey(number: u64) -> [u8; 32] {
    let mut key = [0x5a; 32];
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    key[24..].copy_from_slice(&mixed);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn assert_pubkey(what: &str, authors: &Authors, serial: &[u8; 5], expected: Option<&[u8; 32]>) {
        let came = authors.pubkey(serial);
        if came != expected {
            let [came, expected] = [came, expected].map(|key| key.map(|key| hex(key)));
            let what = format_args!("{what}: key of serial {}", hex(serial));
            assert_gives(what, &came, &expected);
        }
    }

    fn assert_serial(what: &str, authors: &Authors, key: &[u8; 32], expected: Option<&[u8; 5]>) {
        let came = authors.serial(key);
        if came != expected {
            let [came, expected] = [came, expected].map(|serial| serial.map(|serial| hex(serial)));
            let what = format_args!("{what}: serial of key {}", hex(key));
            assert_gives(what, &came, &expected);
        }
    }

    fn assert_finds(what: &str, pairs: &[([u8; 5], [u8; 32])]) -> Authors {
        let authors = Authors::load(pairs);
        for (serial, key) in pairs {
            assert_pubkey(what, &authors, serial, Some(key));
            assert_serial(what, &authors, key, Some(serial));
        }
        authors
    }

    fn assert_misses(what: &str, authors: &Authors, serial: [u8; 5], key: [u8; 32]) {
        assert_pubkey(what, authors, &serial, None);
        assert_serial(what, authors, &key, None);
    }

    #[measuring::test]
    fn every_pair_is_found_by_either() {
        for count in [0, 1, 2, 3, 7, 1_000] {
            let mut pairs = sample(count);
            assert_finds("mixed", &pairs);
            pairs.sort_unstable();
            assert_finds("sorted by serial", &pairs);
            pairs.reverse();
            assert_finds("sorted backwards", &pairs);
            pairs.sort_unstable_by_key(|pair| pair.1);
            assert_finds("sorted by key", &pairs);
        }
    }

    #[measuring::test]
    fn others_are_not_found() {
        for count in [0, 1, 2, 1_000] {
            let pairs = sample(count);
            let authors = Authors::load(&pairs);
            let taken = |number: &u64| pairs.iter().any(|pair| pair.0 == serial(*number));
            for number in (0..3_000).filter(|number| !taken(number)) {
                assert_misses(
                    "not there",
                    &authors,
                    serial(number),
                    pubkey(count + number),
                );
            }
            assert_misses("not there", &authors, [0xff; 5], [0; 32]);
            assert_misses("not there", &authors, [0xff; 5], [0xff; 32]);
        }
    }

    /// Each byte of a serial and of a key counts.
    #[measuring::test]
    fn pairs_that_differ_in_one_byte_are_told_apart() {
        let changed = |byte: usize, to: u8| {
            let (mut serial, mut key) = ([7; 5], [7; 32]);
            serial[byte % 5] = to + (byte / 5) as u8;
            key[byte] = to;
            (serial, key)
        };
        let all = |to: u8| (0..32).map(move |byte| changed(byte, to));
        let pairs: Vec<_> = all(10).chain(all(100)).collect();
        let authors = assert_finds("a byte differs", &pairs);
        for (serial, key) in all(0).chain(all(200)).filter(|pair| pair.0 != [7; 5]) {
            assert_misses("a byte differs", &authors, serial, key);
        }
        assert_misses("no byte differs", &authors, [7; 5], [7; 32]);
    }

    /// Too many pairs for indexes of two bytes, and for a search that compares all of them.
    #[measuring::test]
    fn a_hundred_thousand_authors() {
        awaiting("100,000 authors, too many to compare all of them at each look-up");
        let authors = assert_finds("of 100,000", &sample(100_000));
        for number in 100_000..200_000 {
            assert_misses("of 100,000", &authors, serial(number << 20), pubkey(number));
        }
    }

    #[measuring::test]
    fn a_thousand_authors_stay_in_budget() {
        let pairs = sample(1_000);
        let (_, found) = BUDGET.assert_holds_in_process(|| look_up_all(black_box(&pairs)));
        assert_gives("pairs found in both directions, of 1,000", &found, &1_000);
    }

    #[measuring::test]
    fn other_sizes_stay_in_budget() {
        for count in [0, 1, 20, 3_001] {
            let pairs = sample(count);
            let most = 49 * count + 64;
            let budget = Budget::of("pubkey_table")
                .bytes(most)
                .peak(most)
                .live(43 * count as i64 + 64);
            budget.assert_holds(|| look_up_all(black_box(&pairs)));
        }
    }

    #[measuring::test]
    fn dropped_authors_leave_nothing_behind() {
        let pairs = sample(300);
        let nothing = Budget::of("pubkey_table").live(0);
        nothing.assert_holds_in_process(|| drop(look_up_all(black_box(&pairs))));
    }
}
