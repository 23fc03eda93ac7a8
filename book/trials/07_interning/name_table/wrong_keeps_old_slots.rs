//! Grows by adding empty slots behind the old ones, where every name's search now begins elsewhere.

use std::hash::{DefaultHasher, Hash, Hasher};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_table").blocks(36).live(24_576);

/// No name's number.
const EMPTY: u32 = u32::MAX;

#[derive(Default)]
struct Names {
    text: String,
    ends: Vec<u32>,
    /// Empty, or a power of two of slots.
    table: Vec<u32>,
}

/// The slot where a name's search begins, in a table of a power of two of slots.
fn first_slot(name: &str, slots: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() as usize & (slots - 1)
}

impl Names {
    /// The name of a number, if it was given out.
    fn name(&self, number: u32) -> Option<&str> {
        let end = *self.ends.get(number as usize)?;
        let start = match number {
            0 => 0,
            _ => self.ends[number as usize - 1],
        };
        Some(&self.text[start as usize..end as usize])
    }

    /// The slot of a name's number; where it has none, the empty slot at the end of its search. The table has slots.
    fn slot(&self, name: &str) -> usize {
        let mut slot = first_slot(name, self.table.len());
        while self.table[slot] != EMPTY && self.name(self.table[slot]) != Some(name) {
            slot = (slot + 1) % self.table.len();
        }
        slot
    }

    /// A name's number, if it has one.
    fn get(&self, name: &str) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        Some(self.table[self.slot(name)]).filter(|number| *number != EMPTY)
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
        self.ends.push(self.text.len() as u32);
        number
    }

    /// Doubles the table, and finds every number a slot in it.
    fn grow(&mut self) {
        let slots = (self.table.len() * 2).max(8);
        self.table.resize(slots, EMPTY);
    }
}

fn main() {
    let names = sample(1_000);
    measuring::show(BUDGET, || {
        let mut table = Names::default();
        for name in &names {
            table.number(name);
        }
        table
    });
}

fn sample(count: u32) -> Vec<String> {
    (0..count)
        .map(|host| format!("host-{host:03}.io"))
        .collect()
}
