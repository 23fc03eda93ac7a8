//! A crawler meets the same host names millions of times and wants a number for each: the same
//! number for the same name, counted up from 0, and back from a number to its name. `Names` keeps
//! every name once.
//!
//! ```text
//! text    nos.lolrelay.exampledamus.io        a String: all names
//! ends    7      20           28              a u32 per name: where it ends
//! table   ·  2  ·  ·  0  1  ·  ·              a u32 per slot: a number, or EMPTY
//! ```
//!
//! A search begins at the slot that the name's hash gives. It steps on, from the last slot to the
//! first, until it finds the name's number or EMPTY. A table that would be more than three quarters
//! full is doubled first. Example: a third new name gets the number 2, and `name(2)` gives it back.
//!
//! | measure        | budget | why                                                             |
//! |----------------|-------:|-----------------------------------------------------------------|
//! | allocations    |     36 | three parts that double until they hold 1,000 names             |
//! | bytes          | 56,000 | each part's doublings together take twice its last size         |
//! | peak           | 32,768 | the old table is live while the new one is filled               |
//! | live           | 26,624 | 1,000 names of 11 bytes, 4 bytes of end and 8 of table per name |
//! | live, one name |    512 | a table of 8 slots                                              |
//! | slots searched |      6 | per name, from the slot that its hash gives to its own          |
//! | slots made     |      8 | per name, in all tables together                                |

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
        Some(&self.text[start as usize..end as usize])
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
        self.ends.push(self.text.len() as u32);
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_table")
    .allocations(36)
    .bytes(56_000)
    .peak(32_768)
    .live(26_624);

fn main() {
    let names = sample(1_000);
    measuring::show(BUDGET, || look_up_all(&names));
}

fn sample(count: u32) -> Vec<String> {
    let name = |host| format!("host-{host:03}.io");
    (0..count).map(name).collect()
}

/// Numbers a name. A table that were full would make the search for the next one endless.
fn add(names: &mut Names, name: &str) -> u32 {
    let number = names.number(name);
    let (count, slots) = (names.ends.len(), names.table.len());
    let most = slots * 3 / 4;
    assert!(
        count <= most,
        "names in a table of {slots} slots: expected {most} at most, came {count}"
    );
    number
}

/// Numbers all names, and leads back from each number.
fn look_up_all(names: &[String]) -> (Names, usize) {
    let mut table = Names::default();
    let mut length = 0;
    for name in names {
        let number = add(&mut table, name);
        length += table.name(number).map_or(0, str::len);
    }
    (table, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, assert_work, awaiting};
    use std::hint::black_box;

    /// Numbers the names, each for the first time, and finds all of them in both directions.
    fn assert_numbers(what: &str, all: &[String]) {
        awaiting("a search that ends at the name or at an empty slot");
        let mut names = Names::default();
        for (number, name) in (0..).zip(all) {
            let what = format_args!("{what}: {name:?}");
            assert_gives(
                format_args!("{what} before it has a number"),
                &names.get(name),
                &None,
            );
            assert_gives(format_args!("{what}, new"), &add(&mut names, name), &number);
        }
        for (number, name) in (0..).zip(all) {
            let what = format_args!("{what}: {name:?}");
            let found = (names.get(name), names.number(name), names.name(number));
            assert_gives(what, &found, &(Some(number), number, Some(name.as_str())));
        }
    }

    #[measuring::test]
    fn names_are_counted_up_from_zero() {
        let names = ["nos.lol", "", "relay.example", "nos", "żółw", "żó", "łw"];
        assert_numbers("seven names", &names.map(String::from));
        assert_numbers("a thousand names", &sample(1_000));
    }

    #[measuring::test]
    fn a_number_that_was_never_given_has_no_name() {
        let mut names = Names::default();
        let beyond = [0, 1, 7, 65_536, u32::MAX - 1, u32::MAX];
        let came = beyond.map(|number| names.name(number).map(String::from));
        assert_gives(
            format_args!("names of {beyond:?}, of none"),
            &came,
            &[const { None }; 6],
        );
        add(&mut names, "nos.lol");
        let came = beyond.map(|number| names.name(number).map(String::from));
        let mut expected = [const { None }; 6];
        expected[0] = Some("nos.lol".to_owned());
        assert_gives(
            format_args!("names of {beyond:?}, of one"),
            &came,
            &expected,
        );
    }

    #[measuring::test]
    fn names_that_are_almost_equal_have_their_own_numbers() {
        let x = |count: usize| "x".repeat(count);
        assert_numbers("longer and longer", &Vec::from_iter((0..300).map(x)));
        assert_numbers(
            "shorter and shorter",
            &Vec::from_iter((0..300).rev().map(x)),
        );
        let ends = |number: u32| format!("{}{number}", x(300));
        assert_numbers("different ends", &Vec::from_iter((0..300).map(ends)));
        let begins = |number: u32| format!("{number}{}", x(300));
        assert_numbers(
            "different beginnings",
            &Vec::from_iter((0..300).map(begins)),
        );
    }

    /// Too many names for numbers and ends of two bytes, and for a search that ignores the hash.
    #[measuring::test]
    fn seventy_thousand_names() {
        let alike = "x".repeat(100);
        let sample: Vec<_> = (0..70_000)
            .map(|number| format!("{alike}{number}"))
            .collect();
        let (mut names, mut slots) = (Names::default(), 0);
        awaiting("70,000 names, too many to search all of them for each name");
        for (number, name) in (0..).zip(&sample) {
            let before = names.table.len();
            let came = add(&mut names, name);
            if came != number {
                assert_gives(format_args!("number of new name {number}"), &came, &number);
            }
            if names.table.len() != before {
                slots += names.table.len() as u64;
                let (searched, number) = (searched(&names), u64::from(number));
                assert_work("slots of all tables so far", slots, 4_096 + 8 * number);
                assert_work("slots searched for all names", searched, 64 + 6 * number);
            }
        }
        for (number, name) in (0..).zip(&sample) {
            let came = (names.get(name), names.name(number));
            let expected = (Some(number), Some(name.as_str()));
            if came != expected {
                assert_gives(
                    format_args!("number and name of {number}"),
                    &came,
                    &expected,
                );
            }
        }
    }

    /// The slots that a search for each name looks at, one after the other.
    fn searched(names: &Names) -> u64 {
        let slots = names.table.len();
        let steps = |(slot, number): (usize, &_)| {
            #[allow(clippy::unnecessary_cast, reason = "another table has other numbers")]
            let name = names.name(*number as u32)?;
            Some((slot + slots - first_slot(name, slots)) % slots + 1)
        };
        names
            .table
            .iter()
            .enumerate()
            .filter_map(steps)
            .sum::<usize>() as u64
    }

    #[measuring::test]
    fn a_thousand_names_stay_in_budget() {
        let sample = sample(1_000);
        let (names, length) = BUDGET.assert_holds_in_process(|| look_up_all(black_box(&sample)));
        assert_gives("length of a thousand names", &length, &11_000);
        assert_gives("number of the last", &names.get(&sample[999]), &Some(999));
    }

    #[measuring::test]
    fn other_sizes_stay_in_budget() {
        let one = Budget::of("name_table").bytes(512).live(512);
        one.assert_holds(|| look_up_all(black_box(&sample(1)[..])));
        let all = sample(1_700);
        Budget::of("name_table")
            .peak(60_000)
            .live(52_000)
            .assert_holds(|| look_up_all(black_box(&all)));
    }

    #[measuring::test]
    fn dropped_names_leave_nothing_behind() {
        let all = sample(300);
        Budget::of("name_table")
            .live(0)
            .assert_holds_in_process(|| drop(look_up_all(black_box(&all))));
    }
}
