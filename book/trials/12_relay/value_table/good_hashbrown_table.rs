//! Has its index in a `HashTable` of hashbrown.

#![forbid(unsafe_code)]

use hashbrown::HashTable;
use std::hash::{BuildHasher, RandomState};

#[derive(Default)]
pub struct ValueTable {
    values: Vec<[u8; 32]>,
    numbers: HashTable<u32>,
    seed: RandomState,
}

impl ValueTable {
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        if let Some(number) = self.find(value) {
            return number;
        }
        let number = self.values.len() as u32;
        self.values.push(*value);
        let hash = |number: &u32| self.seed.hash_one(&self.values[*number as usize]);
        self.numbers.insert_unique(hash(&number), number, hash);
        number
    }
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        let is_it = |number: &u32| self.values[*number as usize] == *value;
        self.numbers.find(self.seed.hash_one(value), is_it).copied()
    }
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(number as usize)
    }
    pub fn count(&self) -> usize {
        self.values.len()
    }
    pub fn clear(&mut self) {
        self.values.clear();
        self.numbers.clear();
    }
}
