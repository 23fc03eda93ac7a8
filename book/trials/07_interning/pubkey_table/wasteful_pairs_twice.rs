//! Keeps a second list of pairs, sorted by key.

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("pubkey_table")
    .allocations(2)
    .bytes(41_000)
    .live(41_000);

type Serial = [u8; 5];
type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
    /// Sorted by public key.
    by_pubkey: Vec<(Serial, Pubkey)>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        let mut by_pubkey = pairs.clone();
        by_pubkey.sort_unstable_by_key(|pair| pair.1);
        Self { pairs, by_pubkey }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let found = self.by_pubkey.binary_search_by(|pair| pair.1.cmp(pubkey));
        found.ok().map(|index| &self.by_pubkey[index].0)
    }
}

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
