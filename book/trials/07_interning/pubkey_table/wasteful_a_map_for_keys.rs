//! Sorts the pairs, and keeps every key a second time in a map.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
    by_pubkey: std::collections::HashMap<Pubkey, u32>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        let by_pubkey = pairs.iter().map(|pair| pair.1).zip(0..).collect();
        Self { pairs, by_pubkey }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let index = self.by_pubkey.get(pubkey)?;
        Some(&self.pairs[*index as usize].0)
    }
}
