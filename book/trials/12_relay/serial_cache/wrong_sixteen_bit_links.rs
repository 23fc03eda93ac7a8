//! Has links of 16 bits.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::BuildHasher;

const NONE: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct Entry {
    serial: u32,
    value: [u8; 32],
    newer: u16,
    older: u16,
}

/// x
pub struct SerialCache {
    entries: Vec<Entry>,
    by_serial: HashMap<u32, u16>,
    by_value: HashMap<u64, u16>,
    newest: u16,
    oldest: u16,
    free: u16,
}

impl SerialCache {
    /// x
    pub fn with_budget(bytes: usize) -> Self {
        let most = bytes / 200;
        Self {
            entries: Vec::with_capacity(most),
            by_serial: HashMap::with_capacity(2 * most),
            by_value: HashMap::with_capacity(2 * most),
            newest: NONE,
            oldest: NONE,
            free: NONE,
        }
    }
    fn unlink(&mut self, at: u16) {
        let Entry { newer, older, .. } = self.entries[at as usize];
        if newer == NONE {
            self.newest = older
        } else {
            self.entries[newer as usize].older = older
        }
        if older == NONE {
            self.oldest = newer
        } else {
            self.entries[older as usize].newer = newer
        }
    }
    fn to_front(&mut self, at: u16) {
        let newest = self.newest;
        self.entries[at as usize].newer = NONE;
        self.entries[at as usize].older = newest;
        if newest == NONE {
            self.oldest = at
        } else {
            self.entries[newest as usize].newer = at
        }
        self.newest = at;
    }
    fn used(&mut self, at: u16) {
        self.unlink(at);
        self.to_front(at);
    }
    /// x
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        let at = *self.by_serial.get(&serial)?;
        self.used(at);
        Some(self.entries[at as usize].value)
    }
    /// x
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let at = *self.by_value.get(&self.by_value.hasher().hash_one(value))?;
        let entry = self.entries[at as usize];
        if entry.value != *value {
            return None;
        }
        self.used(at);
        Some(entry.serial)
    }
    fn forget(&mut self, at: u16) {
        let entry = self.entries[at as usize];
        self.unlink(at);
        self.by_serial.remove(&entry.serial);
        let hash = self.by_value.hasher().hash_one(entry.value);
        self.by_value.remove(&hash);
        self.entries[at as usize].older = self.free;
        self.free = at;
    }
    /// x
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        let hash = self.by_value.hasher().hash_one(value);
        if let Some(at) = self.by_serial.get(&serial).copied() {
            self.forget(at)
        }
        if let Some(at) = self.by_value.get(&hash).copied() {
            self.forget(at)
        }
        if self.free == NONE && self.entries.len() == self.entries.capacity() {
            self.forget(self.oldest)
        }
        let entry = Entry {
            serial,
            value: *value,
            newer: NONE,
            older: NONE,
        };
        let at = if self.free == NONE {
            self.entries.push(entry);
            self.entries.len() as u16 - 1
        } else {
            let at = self.free;
            self.free = self.entries[at as usize].older;
            self.entries[at as usize] = entry;
            at
        };
        self.to_front(at);
        self.by_serial.insert(serial, at);
        self.by_value.insert(hash, at);
    }
    /// x
    pub fn heap_bytes(&self) -> usize {
        200 * self.entries.capacity()
    }
}
