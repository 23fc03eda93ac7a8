//! Keeps each value twice: in the list, and as a key.

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// The numbers of values, and the values of numbers.
#[derive(Default)]
pub struct ValueTable {
    values: Vec<[u8; 32]>,
    numbers: HashMap<[u8; 32], u32>,
}

impl ValueTable {
    /// The number of a value, which gets the next one if it has none.
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        *self.numbers.entry(*value).or_insert_with(|| {
            self.values.push(*value);
            self.values.len() as u32 - 1
        })
    }

    /// The number of a value, if it has one.
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        self.numbers.get(value).copied()
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
        self.numbers.clear();
    }
}
