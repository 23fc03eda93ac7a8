//! Keeps serials, keys and the index in three lists.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    serials: Vec<Serial>,
    keys: Vec<Pubkey>,
    by_key: Vec<u32>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut by_key: Vec<u32> = (0..pairs.len() as u32).collect();
        by_key.sort_unstable_by_key(|index| pairs[*index as usize].0);
        let serials = by_key
            .iter()
            .map(|index| pairs[*index as usize].0)
            .collect();
        let keys: Vec<Pubkey> = by_key
            .iter()
            .map(|index| pairs[*index as usize].1)
            .collect();
        by_key
            .iter_mut()
            .enumerate()
            .for_each(|(at, index)| *index = at as u32);
        by_key.sort_unstable_by_key(|index| keys[*index as usize]);
        Self {
            serials,
            keys,
            by_key,
        }
    }
    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        self.serials
            .binary_search(serial)
            .ok()
            .map(|at| &self.keys[at])
    }
    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let found = self
            .by_key
            .binary_search_by(|index| self.keys[*index as usize].cmp(pubkey))
            .ok()?;
        Some(&self.serials[self.by_key[found] as usize])
    }
}
