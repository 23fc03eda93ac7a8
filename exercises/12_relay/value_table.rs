//! A relay writes events in batches. It numbers the keys and ids that a batch mentions first, from
//! 0 on: `intern` of a, b, a → 0, 1, 0. It finds them by value and by number, then clears the table
//! for the next batch. Attackers choose the values: two may differ in their last byte alone, and
//! thousands may be made to collide under a plain hash. A table of 100,000 must still be fast.
//!
//! As written, there is a map per direction, and both own their keys and values. `hashbrown` may be
//! used. To run the relay with your part:
//! `cargo test -p relay --features value_table --test server --test cli`.
//!
//! | 10,000 values            | measure     |    budget | why                                 |
//! |--------------------------|-------------|----------:|-------------------------------------|
//! | numbered                 | allocations |        60 | two collections that double         |
//! |                          | bytes       | 1,454,096 | twice what they hold in the end     |
//! |                          | live        |   681,024 | 16,384 × (32 + 4 or 5), and a tenth |
//! | the next batch, as large | allocations |         0 | capacity is kept                    |

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// The numbers of values, and the values of numbers.
#[derive(Default)]
pub struct ValueTable {
    // TODO: each value is on the heap twice, each time in an allocation of its own.
    values: HashMap<u32, Vec<u8>>,
    numbers: HashMap<Vec<u8>, u32>,
}

impl ValueTable {
    /// Returns the number of a value. A value without one gets the next: 0, 1, 2 and so on.
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        if let Some(number) = self.find(value) {
            return number;
        }
        let number = self.count() as u32;
        self.values.insert(number, value.to_vec());
        self.numbers.insert(value.to_vec(), number);
        number
    }

    /// Returns the number of a value, or `None` if it has none.
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        self.numbers.get(&value[..]).copied()
    }

    /// Returns the value of a number, or `None` if no value has it.
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(&number)?[..].try_into().ok()
    }

    /// Returns how many values have a number.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

/// What a batch of so many values may cost, for 10,000 and its double, quarter and so on.
const fn budget(values: u64) -> measuring::Budget {
    measuring::Budget::of("value_table")
        .allocations(60)
        .bytes(145 * values + 4_096)
        .live((68 * values + 1_024).cast_signed())
}

fn main() {
    let values = sample(10_000);
    measuring::show(budget(10_000), || batch(ValueTable::default(), &values));
}

/// Numbers values, each of which comes twice, and looks up the last one.
fn batch(mut table: ValueTable, values: &[[u8; 32]]) -> ValueTable {
    table.clear();
    for value in values.iter().chain(values) {
        table.intern(value);
    }
    let last = values.last().and_then(|of| table.get(table.find(of)?));
    assert!(
        last == values.last(),
        "the last value has no number, or another's"
    );
    measuring::assert_gives("count", &table.count(), &values.len());
    table
}

/// Values that look random.
fn sample(count: u64) -> Vec<[u8; 32]> {
    let part = |n: u64, at| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at) as u8;
    let value = |n| std::array::from_fn(|at| part(n, at as u32));
    (1..=count).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;

    const WARM: Budget = Budget::of("value_table").allocations(0).live(0);

    /// Values that agree in 24 bytes, in the XOR or sum of words, or in the low half of each word.
    fn alike(n: u64) -> [[u8; 32]; 7] {
        const MAX: u64 = u64::MAX;
        let word = MAX - n;
        let words = [
            [word, MAX, MAX, MAX],
            [MAX, MAX, MAX, word],
            [MAX, word, MAX, MAX],
            [word, word, MAX, MAX],
            [word, n, MAX, MAX],
            [MAX, MAX, MAX - (n << 40), MAX],
            [MAX - (n << 32), MAX, MAX, MAX],
        ];
        words.map(|words| std::array::from_fn(|at| words[at / 8].to_be_bytes()[at % 8]))
    }

    /// Two numbers: of the value when it came, and of the same value later.
    #[track_caller]
    fn assert_numbered(values: &[[u8; 32]]) -> ValueTable {
        let mut table = ValueTable::default();
        for (number, value) in (0..).zip(values) {
            let what = format_args!("intern of a new value, {value:02x?}");
            assert_gives(what, &table.intern(value), &number);
        }
        for (number, value) in (0..).zip(values) {
            let what = format_args!("intern of {value:02x?} again");
            assert_gives(what, &table.intern(value), &number);
            let what = format_args!("find of {value:02x?}");
            assert_gives(what, &table.find(value), &Some(number));
            assert_gives(
                format_args!("get of {number}"),
                &table.get(number),
                &Some(value),
            );
        }
        assert_gives("count", &table.count(), &values.len());
        let number = values.len() as u32;
        assert_gives(
            "get of a number that is not taken",
            &table.get(number),
            &None,
        );
        table
    }

    #[measuring::test]
    fn a_new_value_gets_the_next_number() {
        let mut table = ValueTable::default();
        let came = (
            table.count(),
            table.find(&[0; 32]),
            table.get(0),
            table.get(u32::MAX),
        );
        assert_gives(
            "count, find and get of a new table",
            &came,
            &(0, None, None, None),
        );
        for (number, value) in (0..).zip(sample(3_000)) {
            assert_gives(
                format_args!("find before value {number}"),
                &table.find(&value),
                &None,
            );
            assert_gives("intern", &table.intern(&value), &number);
            assert_gives("intern again", &table.intern(&value), &number);
            assert_gives("count", &table.count(), &(number as usize + 1));
        }
    }

    #[measuring::test]
    fn values_that_differ_in_one_byte_differ() {
        let one_byte = |n: usize| {
            let mut value = [0; 32];
            value[n / 255] = (n % 255) as u8 + 1;
            value
        };
        let values = (0..32 * 255).map(one_byte).chain([[0; 32], [0xff; 32]]);
        assert_numbered(&values.collect::<Vec<_>>());
    }

    /// More than 16 bits count. If each look-up goes through all values, or through all that an
    /// attacker can make collide under a plain hash, this takes minutes.
    #[measuring::test]
    fn many_values_stay_fast() {
        awaiting("98,000 values, many of them alike: does a look-up go through thousands?");
        let values: Vec<_> = (1..=14_000).flat_map(alike).collect();
        let table = assert_numbered(&values);
        for value in (14_001..=28_000).flat_map(alike) {
            assert_gives(
                format_args!("find of {value:02x?}"),
                &table.find(&value),
                &None,
            );
        }
    }

    #[measuring::test]
    fn a_cleared_table_is_empty() {
        let values = sample(500);
        let mut table = batch(ValueTable::default(), &values);
        table.clear();
        let came = (table.count(), table.get(0));
        assert_gives("count and get of a cleared table", &came, &(0, None));
        let found = values.iter().find_map(|value| table.find(value));
        assert_gives("find in a cleared table", &found, &None);
        for (number, value) in (0..).zip(values.iter().rev()) {
            assert_gives("intern in a cleared table", &table.intern(value), &number);
            assert_gives(
                format_args!("get of {number}"),
                &table.get(number),
                &Some(value),
            );
        }
    }

    /// All of these fill a table that doubles by the same part.
    #[measuring::test]
    fn batches_stay_in_budget() {
        for count in [10_000, 0, 1, 10, 156, 1_250, 40_000] {
            let values = sample(count);
            let first = || batch(ValueTable::default(), black_box(&values));
            let table = budget(count).assert_holds_in_process(first);
            assert_gives("count", &table.count(), &values.len());
        }
    }

    #[measuring::test]
    fn the_next_batch_costs_nothing() {
        let (values, others) = (sample(20_000), 10_000..20_000);
        let table = batch(ValueTable::default(), &values[..10_000]);
        let table = WARM.assert_holds(|| batch(table, black_box(&values[others])));
        let came = (table.count(), table.find(&values[0]));
        assert_gives(
            "count, and find of a value of the batch before",
            &came,
            &(10_000, None),
        );
    }
}
