//! Leaves half of its index free.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, RandomState};

/// The numbers of values, and the values of numbers.
#[derive(Default)]
pub struct ValueTable {
    values: Vec<[u8; 32]>,
    /// A value's number plus one is at its hash, or in the next free slot. A quarter is 0: free.
    slots: Vec<u32>,
    seed: RandomState,
}

impl ValueTable {
    /// Returns the number of a value. A value without one gets the next: 0, 1, 2 and so on.
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        if self.values.len() + 1 > self.slots.len() / 2 {
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

    /// Returns the number of a value, or `None` if it has none.
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        let slot = (self.count() > 0).then(|| self.slot(value))?;
        self.slots[slot].checked_sub(1)
    }

    /// Returns the value of a number, or `None` if no value has it.
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(number as usize)
    }

    /// Returns how many values have a number.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets all values and keeps the capacity.
    pub fn clear(&mut self) {
        self.values.clear();
        self.slots.fill(0);
    }
}
