//! From keys to those who are filed under them, as the part `subscription_index` has it. It knows an owner's entries
//! itself, so the owner's number is all that the owner remembers.

use crate::parts::subscription_index::Index;

/// No owner.
pub(crate) const NONE: u32 = u32::MAX;
/// What an entry is taken to weigh: the part isn't asked what it takes.
const EACH: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Postings {
    index: Index,
    /// How many entries each owner has.
    counts: Vec<u32>,
    entries: usize,
}

impl Postings {
    pub fn add(&mut self, key: u64, owner: u32, _: u32) -> u32 {
        self.index.add(key, owner);
        let room = self.counts.len().max(owner as usize + 1);
        self.counts.resize(room, 0);
        self.counts[owner as usize] += 1;
        self.entries += 1;
        owner
    }

    pub fn remove(&mut self, owner: u32) {
        // One that was filed under nothing has none.
        if let Some(count) = self.counts.get_mut(owner as usize) {
            self.index.remove(owner);
            self.entries -= std::mem::take(count) as usize;
        }
        if self.is_empty() {
            self.counts = Vec::new();
        }
    }

    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        self.index.owners(key)
    }

    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    pub fn heap_bytes(&self) -> usize {
        self.heap_bytes_with(0)
    }

    pub fn heap_bytes_with(&self, more: usize) -> usize {
        (self.entries + more) * EACH + self.counts.capacity() * size_of::<u32>()
    }
}
