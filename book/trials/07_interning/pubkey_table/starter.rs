//! A relay numbers its authors: a serial of 5 bytes stands for a public key of 32. When it starts, it loads all pairs
//! and looks them up in both directions from then on. Every serial and every key is there once; serials have gaps,
//! because authors are deleted.
//!
//! As written, there is a map for each direction, so every pair is kept twice. A map's table is a power of two of
//! slots and at most 7/8 full: 1,000 pairs take 2,048 slots of 38 bytes, twice.
//!
//! | measure     | budget | why                                                        |
//! |-------------|--------|------------------------------------------------------------|
//! | allocations      |      2 | a list of pairs, and an index for the other direction      |
//! | bytes, live | 41,000 | for each of 1,000 pairs: 37 bytes, and 4 for the index     |

#![forbid(unsafe_code)]

use std::collections::HashMap;

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    // TODO: keep each pair once. What finds a serial in a sorted list? And what finds a key in the same list?
    pubkeys: HashMap<Serial, Pubkey>,
    serials: HashMap<Pubkey, Serial>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        Self {
            pubkeys: pairs.iter().copied().collect(),
            serials: pairs.iter().map(|(serial, key)| (*key, *serial)).collect(),
        }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        self.pubkeys.get(serial)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        self.serials.get(pubkey)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("pubkey_table")
    .allocations(2)
    .bytes(41_000)
    .live(41_000);

fn main() {
    let pairs = sample(1_000);
    measuring::show(BUDGET, || {
        let authors = Authors::load(&pairs);
        let pubkey = authors.pubkey(&pairs[0].0);
        let serial = pubkey.and_then(|pubkey| authors.serial(pubkey)).copied();
        (serial, authors)
    });
}

/// Pairs in no order at all; the serials have gaps.
fn sample(count: u64) -> Vec<(Serial, Pubkey)> {
    let pair = |number: u64| (serial(number * 7_919 % 10_007), pubkey(number));
    (0..count).map(pair).collect()
}

fn serial(number: u64) -> Serial {
    let [_, _, _, serial @ ..] = number.to_be_bytes();
    serial
}

fn pubkey(number: u64) -> Pubkey {
    let mut key = [0x5a; 32];
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    key[..8].copy_from_slice(&mixed);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn every_pair_is_found_by_either() {
        for count in [1, 2, 3, 1_000] {
            let pairs = sample(count);
            let authors = Authors::load(&pairs);
            for (serial, pubkey) in &pairs {
                assert_eq!(authors.pubkey(serial), Some(pubkey));
                assert_eq!(authors.serial(pubkey), Some(serial));
            }
        }
    }

    #[test]
    fn nobody_else_is_found() {
        let pairs = sample(1_000);
        let authors = Authors::load(&pairs);
        let taken = |number: &u64| pairs.iter().any(|pair| pair.0 == serial(*number));
        for number in (0..10_007).filter(|number| !taken(number)) {
            assert_eq!(authors.pubkey(&serial(number)), None);
        }
        assert_eq!(authors.pubkey(&[0xff; 5]), None);
        for number in 1_000..2_000 {
            assert_eq!(authors.serial(&pubkey(number)), None);
        }
        assert_eq!(
            (authors.serial(&[0; 32]), authors.serial(&[0xff; 32])),
            (None, None)
        );
    }

    #[test]
    fn keys_that_differ_at_their_ends_are_told_apart() {
        let key = |last| {
            let mut key = [7; 32];
            key[31] = last;
            key
        };
        let pairs = [
            (serial(2), key(1)),
            (serial(1), key(3)),
            (serial(3), key(2)),
        ];
        let authors = Authors::load(&pairs);
        assert_eq!(authors.serial(&key(2)), Some(&serial(3)));
        assert_eq!(
            (authors.serial(&key(0)), authors.serial(&key(4))),
            (None, None)
        );
    }

    #[test]
    fn nobody_at_all() {
        let authors = Authors::load(&[]);
        assert_eq!(
            (authors.pubkey(&[0; 5]), authors.serial(&[0; 32])),
            (None, None)
        );
    }

    #[test]
    fn a_thousand_authors_stay_in_budget() {
        let pairs = sample(1_000);
        let authors = BUDGET.assert_holds(|| Authors::load(black_box(&pairs)));
        assert_eq!(authors.serial(&pairs[500].1), Some(&pairs[500].0));
    }
}
