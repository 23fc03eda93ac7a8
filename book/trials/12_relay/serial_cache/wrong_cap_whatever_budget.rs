//! Holds at most 240 pairs, whatever its budget.

#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

/// Serials and their values, each found by the other.
pub struct SerialCache {
    /// A value, and whether it was asked for since its serial last came up.
    values: HashMap<u32, ([u8; 32], bool)>,
    serials: HashMap<u64, u32>,
    queue: VecDeque<u32>,
}

impl SerialCache {
    /// A cache that takes at most so many bytes of heap, from 4,096 on.
    pub fn with_budget(bytes: usize) -> Self {
        // In each map, a pair has at most 4.6 places, of 41 and 17 bytes.
        let most = (bytes / 272).min(240);
        Self {
            values: HashMap::with_capacity(2 * most),
            serials: HashMap::with_capacity(2 * most),
            queue: VecDeque::with_capacity(most),
        }
    }

    /// The value of a serial, if the cache has it.
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        let (value, was_used) = self.values.get_mut(&serial)?;
        *was_used = true;
        Some(*value)
    }

    /// The serial of a value, if the cache has it.
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let serial = *self.serials.get(&self.serials.hasher().hash_one(value))?;
        (self.value(serial)? == *value).then_some(serial)
    }

    /// Adds a pair. What either half of it led to before is forgotten.
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        let hash = self.serials.hasher().hash_one(value);
        let before = [Some(serial), self.serials.get(&hash).copied()];
        before.into_iter().flatten().for_each(|it| self.forget(it));
        if self.values.len() < self.queue.len() {
            self.queue.retain(|it| self.values.contains_key(it));
        }
        while self.queue.len() == self.queue.capacity() {
            let first = self.queue.pop_front().unwrap_or_default();
            let (_, was_used) = self.values.entry(first).or_default();
            match std::mem::take(was_used) {
                true => self.queue.push_back(first),
                false => self.forget(first),
            }
        }
        self.values.insert(serial, (*value, false));
        self.serials.insert(hash, serial);
        self.queue.push_back(serial);
    }

    fn forget(&mut self, serial: u32) {
        if let Some((value, _)) = self.values.remove(&serial) {
            self.serials.remove(&self.serials.hasher().hash_one(value));
        }
    }

    /// What it takes, in bytes.
    pub fn heap_bytes(&self) -> usize {
        272 * self.queue.capacity()
    }
}
