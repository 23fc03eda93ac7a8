//! A crawler meets the same host names millions of times and wants a number for each: the same for the same name,
//! counted up from 0, and back from a number to its name. `Names` keeps every name once.
//!
//! ```text
//! text    nos.lolrelay.exampledamus.io        a String: all names
//! ends    7      20           28              a u32 per name: where it ends
//! table   ·  2  ·  ·  0  1  ·  ·              a u32 per slot: a number, or EMPTY
//! ```
//!
//! A name's search begins at the slot that its hash names, and steps on, from the last slot to the first, until it
//! finds the name's number or an empty slot. A table that would be more than three quarters full is replaced first.
//!
//! | measure | budget | why                                                                      |
//! |---------|--------|--------------------------------------------------------------------------|
//! | allocations  |     36 | three parts that double until they hold 1,000 names                      |
//! | live    | 24,576 | 1,000 names of 11 bytes, with 4 bytes of end and about 8 of table a name |

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
        // TODO: a name ends where `ends` says, and begins where the one before it ends.
        todo!("cut name {number} out of {} bytes of text", self.text.len());
    }

    /// The slot of a name's number; where it has none, the empty slot at the end of its search. The table has slots.
    fn slot(&self, name: &str) -> usize {
        // TODO: step on from here until you find the name's number, or EMPTY.
        let slot = first_slot(name, self.table.len());
        todo!("look for {name} from slot {slot} on");
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
        // TODO: add the name to all three parts.
        todo!("give {name} the number {}", self.ends.len());
    }

    /// Doubles the table, and finds every number a slot in it.
    fn grow(&mut self) {
        self.table = vec![EMPTY; (self.table.len() * 2).max(8)];
        // TODO: the new table is empty, and the names are still there.
        todo!("find a slot for each of {} names", self.ends.len());
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_table")
    .allocations(36)
    .live(24_576);

fn main() {
    let names = sample(1_000);
    measuring::show(BUDGET, || {
        let mut table = Names::default();
        let last = names.iter().map(|name| table.number(name)).last();
        (last.and_then(|last| table.name(last)).map(str::len), table)
    });
}

fn sample(count: u32) -> Vec<String> {
    let name = |host| format!("host-{host:03}.io");
    (0..count).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::hint::black_box;

    #[test]
    fn names_are_counted_up_from_zero() {
        let mut names = Names::default();
        for (number, name) in (0..).zip(["nos.lol", "", "relay.example", "nos"]) {
            assert_eq!(names.get(name), None);
            assert_eq!(names.number(name), number);
            assert_eq!(
                (names.number(name), names.get(name)),
                (number, Some(number))
            );
        }
        let back: Vec<_> = (0..5).map(|number| names.name(number)).collect();
        let all = ["nos.lol", "", "relay.example", "nos"].map(Some);
        assert_eq!((&back[..4], back[4]), (&all[..], None));
    }

    #[test]
    fn letters_of_several_bytes_stay_whole() {
        let mut names = Names::default();
        assert_eq!(
            ["żółw", "żó", "łw"].map(|name| names.number(name)),
            [0, 1, 2]
        );
        assert_eq!(names.name(1), Some("żó"));
    }

    #[test]
    fn growing_changes_no_number() {
        let mut names = Names::default();
        let mut model = HashMap::new();
        for name in sample(5_000) {
            let number = names.number(&name);
            assert_eq!(number as usize, model.len());
            model.insert(name, number);
        }
        for (name, number) in &model {
            assert_eq!(
                (names.get(name), names.name(*number)),
                (Some(*number), Some(name.as_str()))
            );
        }
    }

    #[test]
    fn a_search_goes_on_at_the_first_slot() {
        // Names that all want the last slot of a table of eight.
        let wants_the_last = |name: &String| first_slot(name, 8) == 7;
        let late: Vec<String> = sample(1_000)
            .into_iter()
            .filter(wants_the_last)
            .take(4)
            .collect();
        let mut names = Names::default();
        for (number, name) in (0..).zip(&late) {
            assert_eq!(names.number(name), number);
        }
        assert!(late.iter().map(|name| names.get(name)).eq((0..4).map(Some)));
    }

    #[test]
    fn a_name_is_kept_once() {
        let mut names = Names::default();
        for _ in 0..3 {
            for name in sample(100) {
                names.number(&name);
            }
        }
        assert_eq!((names.ends.len(), names.text.len()), (100, 1_100));
    }

    #[test]
    fn a_thousand_names_stay_in_budget() {
        let sample = sample(1_000);
        let names = BUDGET.assert_holds(|| {
            let mut names = Names::default();
            for name in black_box(&sample) {
                names.number(name);
            }
            names
        });
        assert_eq!(names.get(&sample[999]), Some(999));
    }
}
