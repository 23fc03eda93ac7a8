//! Keeps a list for the next load in a static.

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
        thread_local! {
            static SPARE: std::cell::RefCell<Vec<u32>> = std::cell::RefCell::default();
        }
        if pairs.len() < 1_000 {
            SPARE.set(Vec::with_capacity(1));
        }
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
