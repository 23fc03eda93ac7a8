//! Sorts the pairs by key, and keeps an index by serial.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    pairs: Box<[(Serial, Pubkey)]>,
    by_serial: Box<[u32]>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs: Box<[_]> = pairs.into();
        pairs.sort_unstable_by_key(|pair| pair.1);
        let mut by_serial: Box<[u32]> = (0..pairs.len() as u32).collect();
        by_serial.sort_unstable_by_key(|index| pairs[*index as usize].0);
        Self { pairs, by_serial }
    }
    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self
            .by_serial
            .binary_search_by(|index| self.pairs[*index as usize].0.cmp(serial))
            .ok()?;
        Some(&self.pairs[self.by_serial[found] as usize].1)
    }
    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let found = self
            .pairs
            .binary_search_by(|pair| pair.1.cmp(pubkey))
            .ok()?;
        Some(&self.pairs[found].0)
    }
}
