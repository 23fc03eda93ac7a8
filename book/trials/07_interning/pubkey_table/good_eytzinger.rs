//! Keeps the index in the order in which a search steps through it.

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
        let mut in_steps = vec![0; by_pubkey.len()];
        in_steps_of(&by_pubkey, &mut in_steps, 0, &mut 0);
        Self {
            pairs,
            by_pubkey: in_steps,
        }
    }

    fn pubkey(&self, serial: &Serial) -> Option<&Pubkey> {
        let found = self.pairs.binary_search_by_key(serial, |pair| pair.0);
        found.ok().map(|index| &self.pairs[index].1)
    }

    fn serial(&self, pubkey: &Pubkey) -> Option<&Serial> {
        let mut at = 0;
        while let Some(index) = self.by_pubkey.get(at) {
            let pair = &self.pairs[*index as usize];
            match pubkey.cmp(&pair.1) {
                std::cmp::Ordering::Equal => return Some(&pair.0),
                order => at = 2 * at + 1 + usize::from(order.is_gt()),
            }
        }
        None
    }
}

/// Puts the middle of a sorted list first, and the middles of both halves after it.
fn in_steps_of(sorted: &[u32], steps: &mut [u32], at: usize, next: &mut usize) {
    if at < steps.len() {
        in_steps_of(sorted, steps, 2 * at + 1, next);
        steps[at] = sorted[*next];
        *next += 1;
        in_steps_of(sorted, steps, 2 * at + 2, next);
    }
}
