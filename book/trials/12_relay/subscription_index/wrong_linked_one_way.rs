//! Links one way: searches for the entry before the one that leaves.

#![forbid(unsafe_code)]

use std::collections::HashMap;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    owner: u32,
    next: u32,
    sibling: u32,
}

#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    free: Vec<u32>,
    by_key: HashMap<u64, u32>,
    by_owner: HashMap<u32, u32>,
}

impl Index {
    pub fn add(&mut self, key: u64, owner: u32) {
        let at = self.free.pop().unwrap_or(self.entries.len() as u32);
        let entry = Entry {
            key,
            owner,
            next: self.by_key.insert(key, at).unwrap_or(NONE),
            sibling: self.by_owner.insert(owner, at).unwrap_or(NONE),
        };
        match self.entries.get_mut(at as usize) {
            Some(free) => *free = entry,
            None => self.entries.push(entry),
        }
    }

    pub fn remove(&mut self, owner: u32) {
        let mut at = self.by_owner.remove(&owner).unwrap_or(NONE);
        while let Some(&entry) = self.entries.get(at as usize) {
            let mut before = self.by_key[&entry.key];
            if before == at {
                match entry.next {
                    NONE => drop(self.by_key.remove(&entry.key)),
                    next => drop(self.by_key.insert(entry.key, next)),
                }
            } else {
                while self.entries[before as usize].next != at {
                    before = self.entries[before as usize].next;
                }
                self.entries[before as usize].next = entry.next;
            }
            self.free.push(at);
            at = entry.sibling;
        }
        if self.by_owner.is_empty() {
            *self = Self::default();
        }
    }

    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let first = self.by_key.get(&key).map(|at| &self.entries[*at as usize]);
        let next = |entry: &&Entry| self.entries.get(entry.next as usize);
        std::iter::successors(first, next).map(|entry| entry.owner)
    }
}
