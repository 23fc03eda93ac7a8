//! Has links of 16 bits.

#![forbid(unsafe_code)]

use std::collections::HashMap;

const NONE: u32 = u16::MAX as u32;

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    owner: u32,
    next: u32,
    prev: u32,
    sibling: u32,
}

/// From keys, which are hashes, to the owners that are filed under them.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    free: Vec<u32>,
    by_key: HashMap<u64, u32>,
    by_owner: HashMap<u32, u32>,
}

impl Index {
    /// Files an owner under a key. If it is there already, `owners` may give it twice.
    pub fn add(&mut self, key: u64, owner: u32) {
        let at = self.free.pop().unwrap_or(self.entries.len() as u16 as u32);
        let entry = Entry {
            key,
            owner,
            next: self.by_key.insert(key, at).unwrap_or(NONE) as u16 as u32,
            prev: NONE,
            sibling: self.by_owner.insert(owner, at).unwrap_or(NONE),
        };
        if let Some(next) = self.entries.get_mut(entry.next as usize) {
            next.prev = at;
        }
        match self.entries.get_mut(at as usize) {
            Some(free) => *free = entry,
            None => self.entries.push(entry),
        }
    }

    /// Takes an owner out from under all its keys.
    pub fn remove(&mut self, owner: u32) {
        let mut at = self.by_owner.remove(&owner).unwrap_or(NONE);
        while let Some(&entry) = self.entries.get(at as usize) {
            match self.entries.get_mut(entry.prev as usize) {
                Some(prev) => prev.next = entry.next,
                None if entry.next == NONE => drop(self.by_key.remove(&entry.key)),
                None => drop(self.by_key.insert(entry.key, entry.next)),
            }
            if let Some(next) = self.entries.get_mut(entry.next as usize) {
                next.prev = entry.prev;
            }
            self.free.push(at);
            at = entry.sibling;
        }
        if self.by_owner.is_empty() {
            *self = Self::default();
        }
    }

    /// Returns the owners that are filed under a key, in any order.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let first = self.by_key.get(&key).map(|at| &self.entries[*at as usize]);
        let next = |entry: &&Entry| self.entries.get(entry.next as usize);
        std::iter::successors(first, next).map(|entry| entry.owner)
    }
}
