//! Has a list from newest to oldest, and two tables of chains: 64 bytes a pair.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, RandomState};

const NONE: u32 = u32::MAX;

struct Entry {
    serial: u32,
    value: [u8; 32],
    newer: u32,
    older: u32,
    next: [u32; 2],
}

/// A list from newest to oldest, and two tables of chains.
pub struct SerialCache {
    entries: Vec<Entry>,
    newest: u32,
    oldest: u32,
    heads: [Vec<u32>; 2],
    seed: RandomState,
}

impl SerialCache {
    pub fn with_budget(bytes: usize) -> Self {
        let most = bytes / 64;
        Self {
            entries: Vec::with_capacity(most),
            newest: NONE,
            oldest: NONE,
            heads: [vec![NONE; most], vec![NONE; most]],
            seed: RandomState::new(),
        }
    }
    fn head(&self, side: usize, serial: u32, value: &[u8; 32]) -> usize {
        let hash = match side {
            0 => self.seed.hash_one(serial),
            _ => self.seed.hash_one(value),
        };
        hash as usize % self.heads[side].len()
    }
    fn find(&self, side: usize, serial: u32, value: &[u8; 32]) -> Option<u32> {
        let mut at = self.heads[side][self.head(side, serial, value)];
        while at != NONE {
            let entry = &self.entries[at as usize];
            if side == 0 && entry.serial == serial || side == 1 && entry.value == *value {
                return Some(at);
            }
            at = entry.next[side];
        }
        None
    }
    fn take_out(&mut self, at: u32) {
        let entry = &self.entries[at as usize];
        let (newer, older) = (entry.newer, entry.older);
        match self.entries.get_mut(newer as usize) {
            Some(newer) => newer.older = older,
            None => self.newest = older,
        }
        match self.entries.get_mut(older as usize) {
            Some(older) => older.newer = newer,
            None => self.oldest = newer,
        }
    }
    fn put_first(&mut self, at: u32) {
        (
            self.entries[at as usize].newer,
            self.entries[at as usize].older,
        ) = (NONE, self.newest);
        match self.entries.get_mut(self.newest as usize) {
            Some(newest) => newest.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }
    fn put_last(&mut self, at: u32) {
        (
            self.entries[at as usize].newer,
            self.entries[at as usize].older,
        ) = (self.oldest, NONE);
        match self.entries.get_mut(self.oldest as usize) {
            Some(oldest) => oldest.older = at,
            None => self.newest = at,
        }
        self.oldest = at;
    }
    fn unchain(&mut self, at: u32) {
        for side in 0..2 {
            let entry = &self.entries[at as usize];
            let (head, next) = (
                self.head(side, entry.serial, &entry.value),
                entry.next[side],
            );
            if self.heads[side][head] == at {
                self.heads[side][head] = next;
                continue;
            }
            let mut before = self.heads[side][head];
            while before != NONE && self.entries[before as usize].next[side] != at {
                before = self.entries[before as usize].next[side];
            }
            if before != NONE {
                self.entries[before as usize].next[side] = next;
            }
        }
    }
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        let at = self.find(0, serial, &[0; 32])?;
        self.take_out(at);
        self.put_first(at);
        Some(self.entries[at as usize].value)
    }
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let at = self.find(1, 0, value)?;
        self.take_out(at);
        self.put_first(at);
        Some(self.entries[at as usize].serial)
    }
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        // What either half led to goes to the end without being found any more.
        for side in 0..2 {
            if let Some(at) = self.find(side, serial, value) {
                self.unchain(at);
                self.take_out(at);
                self.put_last(at);
                self.entries[at as usize].next = [at; 2];
            }
        }
        let at = match self.entries.len() == self.entries.capacity() {
            true => {
                let at = self.oldest;
                if self.entries[at as usize].next != [at; 2] {
                    self.unchain(at);
                }
                self.take_out(at);
                at
            }
            false => {
                self.entries.push(Entry {
                    serial,
                    value: *value,
                    newer: NONE,
                    older: NONE,
                    next: [NONE; 2],
                });
                self.entries.len() as u32 - 1
            }
        };
        (
            self.entries[at as usize].serial,
            self.entries[at as usize].value,
        ) = (serial, *value);
        for side in 0..2 {
            let head = self.head(side, serial, value);
            self.entries[at as usize].next[side] =
                std::mem::replace(&mut self.heads[side][head], at);
        }
        self.put_first(at);
    }
    pub fn heap_bytes(&self) -> usize {
        64 * self.entries.capacity()
    }
}
