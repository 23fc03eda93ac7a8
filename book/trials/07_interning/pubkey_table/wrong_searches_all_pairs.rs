//! Compares a key with all keys.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        Self { pairs }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        self.pairs
            .iter()
            .find(|pair| pair.1 == *pubkey)
            .map(|pair| &pair.0)
    }
}
