//! Numbers the pairs with two bytes.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
    /// Indexes of all pairs, sorted by public key.
    by_pubkey: Vec<u16>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        let mut by_pubkey: Vec<u16> = (0..pairs.len() as u16).collect();
        by_pubkey.sort_unstable_by_key(|index| pairs[*index as usize].1);
        Self { pairs, by_pubkey }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let pair = |index: &u16| &self.pairs[*index as usize];
        let found = self
            .by_pubkey
            .binary_search_by(|index| pair(index).1.cmp(pubkey));
        found.ok().map(|index| &pair(&self.by_pubkey[index]).0)
    }
}
