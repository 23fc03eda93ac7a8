//! A relay numbers public keys and ids: a serial stands for 32 bytes, and each pair is in the database. A cache of those
//! asked for lately saves most look-ups, in both directions. It has a budget of its own in bytes, whatever clients ask.
//!
//! A value is held once, under its serial, and a seeded hash of it leads back. The first in a queue of serials goes to its
//! end if it was asked for, else for good. Maps have twice the room: keys that come and go leave marks, which take some.
//!
//! | a budget of 64 KiB, 20,000 pairs | measure | budget | why                                                    |
//! |----------------------------------|---------|-------:|--------------------------------------------------------|
//! | all inserted                     | live    | 65,536 | as it was told                                         |
//! | the next 1,000                   | allocations  |      0 | they take the places of others                         |

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
        let most = bytes / 272;
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
        value.to_vec().try_into().ok()
    }

    /// The serial of a value, if the cache has it.
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let serial = *self.serials.get(&self.serials.hasher().hash_one(value))?;
        (self.value(serial)? == *value).then_some(serial)
    }

    /// Adds a pair. What either half of it led to before is forgotten.
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        let hash = self.serials.hasher().hash_one(value);
        self.remove(serial);
        if let Some(before) = self.serials.get(&hash) {
            self.remove(*before);
        }
        while self.queue.len() == self.queue.capacity() {
            let (_, was_used) = self.values.entry(self.queue[0]).or_default();
            match std::mem::take(was_used) {
                true => self.queue.rotate_left(1),
                false => self.remove(self.queue[0]),
            }
        }
        self.values.insert(serial, (*value, false));
        self.serials.insert(hash, serial);
        self.queue.push_back(serial);
    }

    fn remove(&mut self, serial: u32) {
        if let Some((value, _)) = self.values.remove(&serial) {
            let hash = self.serials.hasher().hash_one(value);
            self.serials.remove(&hash);
            self.queue.retain(|other| *other != serial);
        }
    }

    /// What it takes, in bytes.
    pub fn heap_bytes(&self) -> usize {
        272 * self.queue.capacity()
    }
}
