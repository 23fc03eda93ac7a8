//! The values that a batch adds, each once, numbered from 0 on as they come.

use std::collections::HashMap;

/// The numbers of new values, and the values of numbers.
#[derive(Default)]
pub(crate) struct NewValues {
    /// In the order of their numbers.
    values: Vec<[u8; 32]>,
    numbers: HashMap<[u8; 32], u32>,
}

impl NewValues {
    /// The number of a value, which gets the next one if it has none. There are fewer than 2³² of them.
    pub(crate) fn intern(&mut self, value: &[u8; 32]) -> u32 {
        let Self { values, numbers } = self;
        *numbers.entry(*value).or_insert_with(|| {
            values.push(*value);
            (values.len() - 1) as u32
        })
    }

    /// The number of a value, if it has one.
    pub(crate) fn find(&self, value: &[u8; 32]) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// The value of a number.
    pub(crate) fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(number as usize)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets them all, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.numbers.clear();
    }
}
