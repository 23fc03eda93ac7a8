//! Counts letters where a text is cut by bytes.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

const EMPTY: u32 = u32::MAX;

#[derive(Default)]
struct Names {
    text: String,
    ends: Vec<u32>,
    table: Vec<u32>,
}

/// The slot where a name's search begins, in a table of a power of two of slots.
fn first_slot(name: &str, slots: usize) -> usize {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(name) as usize & (slots - 1)
}

impl Names {
    /// The name of a number, if it was given out.
    fn name(&self, number: u32) -> Option<&str> {
        let index = number as usize;
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(
            self.text
                .get(start as usize..end as usize)
                .unwrap_or_default(),
        )
    }

    /// The slot of a name's number. Where it has none: the empty slot at the end of its search.
    /// The table has slots.
    fn slot(&self, name: &str) -> usize {
        let mut slot = first_slot(name, self.table.len());
        while self.table[slot] != EMPTY && self.name(self.table[slot]) != Some(name) {
            slot = (slot + 1) % self.table.len();
        }
        slot
    }

    /// A name's number, if it has one.
    fn get(&self, name: &str) -> Option<u32> {
        let slot = (!self.table.is_empty()).then(|| self.slot(name))?;
        Some(self.table[slot]).filter(|number| *number != EMPTY)
    }

    /// A name's number: the one that it has, or the next.
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.get(name) {
            return number;
        }
        if (self.ends.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let (slot, number) = (self.slot(name), self.ends.len() as u32);
        self.table[slot] = number;
        self.text.push_str(name);
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(start + name.chars().count() as u32);
        number
    }

    /// Doubles the table, and finds every number a slot in it.
    fn grow(&mut self) {
        self.table = vec![EMPTY; (self.table.len() * 2).max(8)];
        for number in 0..self.ends.len() as u32 {
            if let Some(slot) = self.name(number).map(|name| self.slot(name)) {
                self.table[slot] = number;
            }
        }
    }
}
