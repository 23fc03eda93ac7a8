//! Has a list of chains by owner, and chains free entries.

#![forbid(unsafe_code)]

use hashbrown::HashMap;

const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
struct Entry {
    key: u64,
    owner: u32,
    neighbours: [u32; 2],
    next_of_owner: u32,
}

/// The chains of owners begin in a list; free entries are a chain as well.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    free: Option<u32>,
    used: usize,
    by_key: HashMap<u64, u32>,
    by_owner: Vec<u32>,
}

impl Index {
    pub fn add(&mut self, key: u64, owner: u32) {
        if self.by_owner.len() <= owner as usize {
            self.by_owner.resize(owner as usize + 1, NONE);
        }
        let of_owner = self.by_owner[owner as usize];
        let first = self.by_key.get(&key).copied().unwrap_or(NONE);
        let entry = Entry {
            key,
            owner,
            neighbours: [NONE, first],
            next_of_owner: of_owner,
        };
        let at = match self.free {
            Some(at) => {
                let next = self.entries[at as usize].next_of_owner;
                self.free = (next != NONE).then_some(next);
                self.entries[at as usize] = entry;
                at
            }
            None => {
                self.entries.push(entry);
                self.entries.len() as u32 - 1
            }
        };
        if first != NONE {
            self.entries[first as usize].neighbours[0] = at;
        }
        self.by_key.insert(key, at);
        self.by_owner[owner as usize] = at;
        self.used += 1;
    }

    pub fn remove(&mut self, owner: u32) {
        let Some(first) = self.by_owner.get_mut(owner as usize) else {
            return;
        };
        let mut at = std::mem::replace(first, NONE);
        while at != NONE {
            let Entry {
                key,
                neighbours: [before, behind],
                next_of_owner,
                ..
            } = self.entries[at as usize];
            if behind != NONE {
                self.entries[behind as usize].neighbours[0] = before;
            }
            if before != NONE {
                self.entries[before as usize].neighbours[1] = behind;
            } else if behind != NONE {
                self.by_key.insert(key, behind);
            } else {
                self.by_key.remove(&key);
            }
            self.entries[at as usize].next_of_owner = self.free.unwrap_or(NONE);
            self.free = Some(at);
            self.used -= 1;
            at = next_of_owner;
        }
        if self.used == 0 {
            *self = Self::default();
        }
    }

    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let mut at = self.by_key.get(&key).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let entry = self.entries.get(at as usize)?;
            at = entry.neighbours[1];
            Some(entry.owner)
        })
    }
}
