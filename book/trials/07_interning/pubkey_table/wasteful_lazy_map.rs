//! Builds a map at the first look-up of a key.

#![forbid(unsafe_code)]

use std::cell::OnceCell;
use std::collections::HashMap;

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    /// Sorted by serial.
    pairs: Vec<(Serial, Pubkey)>,
    by_pubkey: OnceCell<HashMap<Pubkey, Serial>>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        let by_pubkey = OnceCell::new();
        Self { pairs, by_pubkey }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let map = self.by_pubkey.get_or_init(|| {
            self.pairs
                .iter()
                .map(|(serial, key)| (*key, *serial))
                .collect()
        });
        map.get(pubkey)
    }
}
