//! Has no index: goes through all entries for each look-up.

#![forbid(unsafe_code)]

/// x
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<(u64, u32)>,
}

impl Index {
    /// x
    pub fn add(&mut self, key: u64, owner: u32) {
        self.entries.push((key, owner));
    }

    /// x
    pub fn remove(&mut self, owner: u32) {
        self.entries.retain(|entry| entry.1 != owner);
        if self.entries.is_empty() {
            *self = Self::default();
        }
    }

    /// x
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        self.entries
            .iter()
            .filter(move |entry| entry.0 == key)
            .map(|entry| entry.1)
    }
}
