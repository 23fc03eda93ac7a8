//! Takes the capacity for 16,384 values at once.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, RandomState};

/// The numbers of values, and the values of numbers.
pub struct ValueTable {
    values: Vec<[u8; 32]>,
    /// Where the hash of a value leads, or at the next that is free: its number plus one. A quarter is 0, and free.
    slots: Vec<u32>,
    seed: RandomState,
}

impl Default for ValueTable {
    fn default() -> Self {
        Self {
            values: Vec::with_capacity(16_384),
            slots: vec![0; 16_384],
            seed: RandomState::new(),
        }
    }
}

impl ValueTable {
    /// The number of a value, which gets the next one if it has none.
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        if self.values.len() + 1 > self.slots.len() / 4 * 3 {
            self.slots = vec![0; (2 * self.slots.len()).max(16)];
            for number in 0..self.values.len() {
                let slot = self.slot(&self.values[number]);
                self.slots[slot] = number as u32 + 1;
            }
        }
        let slot = self.slot(value);
        if self.slots[slot] == 0 {
            self.values.push(*value);
            self.slots[slot] = self.values.len() as u32;
        }
        self.slots[slot] - 1
    }

    fn slot(&self, value: &[u8; 32]) -> usize {
        let mut slot = self.seed.hash_one(value) as usize % self.slots.len();
        while self.slots[slot] > 0 && self.values[self.slots[slot] as usize - 1] != *value {
            slot = (slot + 1) % self.slots.len();
        }
        slot
    }

    /// The number of a value, if it has one.
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        let slot = (self.count() > 0).then(|| self.slot(value))?;
        self.slots[slot].checked_sub(1)
    }

    /// The value of a number.
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(number as usize)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets them all, and keeps the room.
    pub fn clear(&mut self) {
        self.values.clear();
        self.slots.fill(0);
    }
}
