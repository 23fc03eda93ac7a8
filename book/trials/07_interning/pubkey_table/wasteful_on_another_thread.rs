//! Keeps a map per direction, and lets another thread load them.

#![forbid(unsafe_code)]

use std::collections::HashMap;

type Serial = [u8; 5];

type Pubkey = [u8; 32];

struct Authors {
    // TODO: each pair is here twice, and a map has empty slots.
    pubkeys: HashMap<Serial, Pubkey>,
    serials: HashMap<Pubkey, Serial>,
}

impl Authors {
    fn load(pairs: &[(Serial, Pubkey)]) -> Self {
        std::thread::scope(|scope| scope.spawn(|| Self::load_here(pairs)).join().unwrap())
    }

    fn load_here(pairs: &[(Serial, Pubkey)]) -> Self {
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
