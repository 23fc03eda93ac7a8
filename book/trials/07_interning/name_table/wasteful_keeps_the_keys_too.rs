//! Looks names up in a map that has a copy of each.

#[cfg(test)]
use std::hash::{DefaultHasher, Hash, Hasher};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_table").blocks(36).live(24_576);

#[derive(Default)]
struct Names {
    text: String,
    ends: Vec<u32>,
    table: std::collections::HashMap<String, u32>,
}

/// The slot where a name's search would begin.
#[cfg(test)]
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

    /// A name's number, if it has one.
    fn get(&self, name: &str) -> Option<u32> {
        self.table.get(name).copied()
    }

    /// A name's number: the one that it has, or the next.
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.get(name) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.table.insert(name.to_owned(), number);
        self.text.push_str(name);
        self.ends.push(self.text.len() as u32);
        number
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
