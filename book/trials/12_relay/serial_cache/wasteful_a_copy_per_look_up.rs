//! Copies a value into a `Vec` for each look-up.

#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

/// Serials and their values, each found by the other.
pub struct SerialCache {
    /// A value, and whether it was asked for since its serial last came up.
    values: HashMap<u32, ([u8; 32], bool)>,
    serials: HashMap<u64, u32>,
    /// Serials in the order in which they came; some of them are forgotten.
    queue: VecDeque<u32>,
}

impl SerialCache {
    /// Returns a cache that never uses more than `bytes` of heap. `bytes` is at least 4,096.
    pub fn with_budget(bytes: usize) -> Self {
        // The maps have twice the capacity that they need, because removed keys leave marks, which
        // take some. So a pair has at most 4.6 places in each map, of 41 and 17 bytes.
        let most = bytes / 272;
        Self {
            values: HashMap::with_capacity(2 * most),
            serials: HashMap::with_capacity(2 * most),
            queue: VecDeque::with_capacity(most),
        }
    }

    /// Returns the value of a serial, if the cache has it.
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        let (value, was_used) = self.values.get_mut(&serial)?;
        *was_used = true;
        value.to_vec().try_into().ok()
    }

    /// Returns the serial of a value, if the cache has it.
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let serial = *self.serials.get(&self.serials.hasher().hash_one(value))?;
        (self.value(serial)? == *value).then_some(serial)
    }

    /// Adds a pair, which is found at once. Forgets what either half of it led to before.
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        let hash = self.serials.hasher().hash_one(value);
        let is_queued = self.forget(serial);
        if let Some(before) = self.serials.get(&hash) {
            self.forget(*before);
        }
        if !is_queued {
            self.make_place();
            self.queue.push_back(serial);
        }
        self.values.insert(serial, (*value, false));
        self.serials.insert(hash, serial);
    }

    fn make_place(&mut self) {
        while self.queue.len() == self.queue.capacity()
            && let Some(first) = self.queue.pop_front()
        {
            match self.values.get_mut(&first) {
                Some((_, was_used)) if *was_used => {
                    *was_used = false;
                    self.queue.push_back(first);
                }
                _ => _ = self.forget(first),
            }
        }
    }

    /// Forgets a pair. Whether there was one.
    fn forget(&mut self, serial: u32) -> bool {
        let Some((value, _)) = self.values.remove(&serial) else {
            return false;
        };
        self.serials.remove(&self.serials.hasher().hash_one(value));
        true
    }

    /// Returns the bytes of heap that the cache uses: no less than it does, within its budget.
    pub fn heap_bytes(&self) -> usize {
        272 * self.queue.capacity()
    }
}
