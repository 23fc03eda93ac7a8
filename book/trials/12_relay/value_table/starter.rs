//! A relay writes events in batches. Keys and ids that a batch is the first to mention are numbered as they come, from 0
//! on, and found by value and by number until the batch is on disk; then the table is cleared for the next. Strangers
//! choose the values: two may differ in their last byte alone, and many may be meant to collide.
//!
//! As written, there is a map for each direction, and both own their keys and values: each value is on the heap twice, in
//! allocations of its own. Keep it once, in a list in the order of the numbers. What then needs to be in an index?
//!
//! The relay takes it in place of its own: `cargo test -p relay --features value_table --test server --test cli`.
//!
//! | 10,000 values             | measure |  budget | why                                                           |
//! |---------------------------|---------|--------:|---------------------------------------------------------------|
//! | numbered                  | allocations  |      60 | nothing per value: one list and one index, which double       |
//! |                           | live    | 600,000 | 32 bytes for each of 16,384 places, and 4 more for the index  |
//! | the next batch, as large  | allocations  |       0 | the room is kept                                              |

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// The numbers of values, and the values of numbers.
#[derive(Default)]
pub struct ValueTable {
    // TODO: each value once.
    values: HashMap<u32, Vec<u8>>,
    numbers: HashMap<Vec<u8>, u32>,
}

impl ValueTable {
    /// The number of a value, which gets the next one if it has none.
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        if let Some(number) = self.find(value) {
            return number;
        }
        let number = self.count() as u32;
        self.values.insert(number, value.to_vec());
        self.numbers.insert(value.to_vec(), number);
        number
    }

    /// The number of a value, if it has one.
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        self.numbers.get(&value[..]).copied()
    }

    /// The value of a number.
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(&number)?[..].try_into().ok()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("value_table")
    .allocations(60)
    .live(600_000);

fn main() {
    let values = sample(10_000);
    measuring::show(BUDGET, || batch(ValueTable::default(), &values));
}

/// Numbers values, each of which comes twice, and looks the last one up.
fn batch(mut table: ValueTable, values: &[[u8; 32]]) -> ValueTable {
    table.clear();
    for value in values.iter().chain(values) {
        table.intern(value);
    }
    let last = values.last().and_then(|of| table.get(table.find(of)?));
    assert_eq!((last, table.count()), (values.last(), values.len()));
    table
}

fn sample(count: u64) -> Vec<[u8; 32]> {
    let part = |n: u64, at| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at) as u8;
    let value = |n| std::array::from_fn(|at| part(n, at as u32));
    (1..=count).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    const WARM: Budget = Budget::of("value_table").allocations(0);

    #[test]
    fn numbers_are_given_in_order_and_once() {
        let mut table = ValueTable::default();
        for (number, value) in (0..).zip(sample(3_000)) {
            assert_eq!((table.count(), table.find(&value)), (number as usize, None));
            assert_eq!(table.intern(&value), number);
            assert_eq!(table.intern(&value), number, "again");
            assert_eq!(table.find(&value), Some(number));
        }
        for (number, value) in (0..).zip(&sample(3_000)) {
            assert_eq!(table.intern(value), number, "later");
            assert_eq!(table.get(number), Some(value));
        }
        assert_eq!((table.count(), table.get(3_000)), (3_000, None));
    }

    #[test]
    fn nothing_is_in_a_new_table() {
        let table = ValueTable::default();
        assert_eq!(
            (table.count(), table.find(&[0; 32]), table.get(0)),
            (0, None, None)
        );
        assert_eq!(table.get(u32::MAX), None);
    }

    #[test]
    fn values_that_differ_in_one_byte_are_others() {
        let values: Vec<[u8; 32]> = (0..32 * 255)
            .map(|n| {
                let mut value = [0; 32];
                value[n / 255] = (n % 255) as u8 + 1;
                value
            })
            .chain([[0; 32], [0xff; 32]])
            .collect();
        let mut table = ValueTable::default();
        for (number, value) in (0..).zip(&values) {
            assert_eq!(table.intern(value), number);
        }
        for (number, value) in (0..).zip(&values) {
            assert_eq!(
                (table.find(value), table.get(number)),
                (Some(number), Some(value))
            );
        }
    }

    #[test]
    fn a_cleared_table_knows_nothing() {
        let values = sample(500);
        let mut table = batch(ValueTable::default(), &values);
        table.clear();
        assert_eq!((table.count(), table.get(0)), (0, None));
        assert!(values.iter().all(|value| table.find(value).is_none()));
        for (number, value) in (0..).zip(values.iter().rev()) {
            assert_eq!(
                (table.intern(value), table.get(number)),
                (number, Some(value))
            );
        }
    }

    #[test]
    fn one_batch_stays_in_budget() {
        let values = sample(10_000);
        let table = BUDGET.assert_holds(|| batch(ValueTable::default(), black_box(&values)));
        assert_eq!(
            (table.count(), table.find(&values[9_999])),
            (10_000, Some(9_999))
        );
    }

    #[test]
    fn the_next_batch_costs_nothing() {
        let (values, others) = (sample(20_000), 10_000..20_000);
        let table = batch(ValueTable::default(), &values[..10_000]);
        let table = WARM.assert_holds(|| batch(table, black_box(&values[others])));
        assert_eq!((table.count(), table.find(&values[0])), (10_000, None));
    }
}
