//! From keys to those who are filed under them: a multimap in two flat blocks.
//!
//! An entry takes 24 bytes, and a key that nobody else has some 8 more. Entries of one key form a list that is linked
//! both ways, so that taking one out doesn't search the list; those of one owner form a chain, so that the owner
//! remembers a single number.

use hashbrown::HashTable;

/// The end of a list, a chain, or nothing.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Posting {
    key: u64,
    owner: u32,
    next: u32,
    prev: u32,
    sibling: u32,
}

/// Keys are hashes with a secret already and are used as they are.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    heads: HashTable<u32>,
    slots: Vec<Posting>,
    free: Vec<u32>,
}

impl Postings {
    /// Files `owner` under a key and puts the new entry before the owner's `chain`, whose new start it returns.
    pub fn add(&mut self, key: u64, owner: u32, chain: u32) -> u32 {
        let posting = Posting {
            key,
            owner,
            next: NONE,
            prev: NONE,
            sibling: chain,
        };
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = posting;
                at
            }
            None => {
                self.slots.push(posting);
                self.slots.len() as u32 - 1
            }
        };
        let slots = &mut self.slots;
        let has_key = |head: &u32| slots[*head as usize].key == key;
        if let Some(head) = self.heads.find_mut(key, has_key) {
            let next = std::mem::replace(head, at);
            slots[at as usize].next = next;
            slots[next as usize].prev = at;
        } else {
            self.heads
                .insert_unique(key, at, |head| slots[*head as usize].key);
        }
        at
    }

    /// Takes out all entries of an owner's chain.
    pub fn remove(&mut self, chain: u32) {
        let mut at = chain;
        while at != NONE {
            let Posting {
                key,
                next,
                prev,
                sibling,
                ..
            } = self.slots[at as usize];
            if next != NONE {
                self.slots[next as usize].prev = prev;
            }
            if prev != NONE {
                self.slots[prev as usize].next = next;
            } else if let Ok(mut head) = self.heads.find_entry(key, |head| *head == at) {
                if next == NONE {
                    head.remove();
                } else {
                    *head.get_mut() = next;
                }
            }
            self.free.push(at);
            at = sibling;
        }
        if self.free.len() == self.slots.len() {
            *self = Self::default();
        }
    }

    /// Who is filed under a key, the latest first.
    pub fn owners(&self, key: u64) -> impl Iterator<Item = u32> {
        let slots = &self.slots;
        let head = (self.heads).find(key, |head| slots[*head as usize].key == key);
        let mut at = head.copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let posting = slots.get(at as usize)?;
            at = posting.next;
            Some(posting.owner)
        })
    }

    /// Whether nothing is filed.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Bytes of heap.
    pub fn heap_bytes(&self) -> usize {
        self.heads.allocation_size()
            + self.slots.capacity() * size_of::<Posting>()
            + self.free.capacity() * size_of::<u32>()
    }

    /// Bytes of heap, at most, once so many entries more are in it.
    pub fn heap_bytes_with(&self, more: usize) -> usize {
        let used = self.slots.len() - self.free.len();
        if used + more <= self.slots.capacity() && self.heads.len() + more <= self.heads.capacity()
        {
            return self.heap_bytes();
        }
        // Blocks double, and what was in them is there twice while they do.
        2 * self.heap_bytes() + more * 2 * (size_of::<Posting>() + 2 * size_of::<u32>())
    }
}
