//! A shop exports its orders as CSV, one order a line: `1007,alice,1995`. The nightly report adds up one column of
//! it, the amounts in cents. The export has no header and no quoted fields; its lines end as Unix or Windows ends
//! them.
//!
//! Every line is read into the same `String`, which soon has room for the longest. And a split is an iterator: it can
//! be asked for one field, and none of the others is kept.
//!
//! | measure | budget | why                                               |
//! |---------|--------|---------------------------------------------------|
//! | allocations  |      4 | one line's text, with a few steps of growth       |
//! | bytes   |  4,096 | room for any line, not for all of them            |

#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead};

/// What is wrong with an export, and in which line, counted from 1.
#[derive(Debug)]
enum CsvError {
    Unreadable { line: usize, source: io::Error },
    MissingField { line: usize, column: usize },
    NotANumber { line: usize, column: usize },
}

impl fmt::Display for CsvError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unreadable { line, source } => write!(to, "line {line} can't be read: {source}"),
            Self::MissingField { line, column } => {
                write!(to, "line {line} has no column {column}; export it again")
            }
            Self::NotANumber { line, column } => {
                write!(
                    to,
                    "line {line}, column {column}: write whole cents, as in 1995"
                )
            }
        }
    }
}

impl Error for CsvError {}

/// Adds up a column, counted from 0. Amounts are `u32`, so that a `u64` holds the total of four billion lines.
fn sum_column(mut input: impl BufRead, column: usize) -> Result<u64, CsvError> {
    let mut total = 0;
    let mut text = String::new();
    for line in 1.. {
        // `read_line` appends to what is there.
        text.clear();
        let read = input.read_line(&mut text);
        if read.map_err(|source| CsvError::Unreadable { line, source })? == 0 {
            break;
        }
        total += amount(without_end(&text).split(',').nth(column), line, column)?;
    }
    Ok(total)
}

/// The line as `lines()` would give it; `read_line` leaves its end in place.
fn without_end(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(text) => text.strip_suffix('\r').unwrap_or(text),
        None => text,
    }
}

fn amount(field: Option<&str>, line: usize, column: usize) -> Result<u64, CsvError> {
    let field = field.ok_or(CsvError::MissingField { line, column })?;
    let cents: u32 = (field.parse()).map_err(|_| CsvError::NotANumber { line, column })?;
    Ok(cents.into())
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("csv_reader")
    .allocations(4)
    .bytes(4_096);

fn main() {
    let export = sample(1_000);
    measuring::show(BUDGET, || sum_column(export.as_bytes(), 2));
}

fn sample(orders: u32) -> String {
    let customer = |id| ["alice", "bob", "the_rose_and_crown"][id as usize % 3];
    let order = |id| format!("{id},{},{}\n", customer(id), id * 5);
    (0..orders).map(order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::io::BufReader;

    fn sum(export: &str) -> Result<u64, CsvError> {
        sum_column(black_box(export.as_bytes()), 2)
    }

    #[test]
    fn a_column_is_added_up() {
        assert_eq!(sum("1,alice,10\n2,bob,5\n3,carol,1995\n").unwrap(), 2_010);
        assert_eq!(
            sum_column("1,alice,10\n2,bob,5\n".as_bytes(), 0).unwrap(),
            3
        );
    }

    #[test]
    fn nothing_adds_up_to_nothing() {
        assert_eq!(sum("").unwrap(), 0);
    }

    #[test]
    fn the_last_line_may_lack_its_end() {
        assert_eq!(sum("1,alice,10\n2,bob,5").unwrap(), 15);
        assert_eq!(sum("1,alice,10\r\n2,bob,5").unwrap(), 15);
    }

    #[test]
    fn windows_line_ends_are_no_part_of_the_amount() {
        assert_eq!(sum("1,alice,10\r\n2,bob,5\r\n").unwrap(), 15);
        assert_eq!(sum("1,alice,10,paid\r\n2,bob,5,paid\r\n").unwrap(), 15);
    }

    #[test]
    fn a_short_line_is_named() {
        let error = sum("1,alice,10\n2,bob\n3,carol,7\n").unwrap_err();
        assert!(matches!(
            error,
            CsvError::MissingField { line: 2, column: 2 }
        ));
        let error = sum("1,alice,10\n\n").unwrap_err();
        assert!(matches!(
            error,
            CsvError::MissingField { line: 2, column: 2 }
        ));
    }

    #[test]
    fn a_bad_amount_is_named() {
        for bad in ["", "-5", "19.95", "4294967296", "ten"] {
            let error = sum(&format!("1,alice,10\n2,bob,5\n3,carol,{bad}\n")).unwrap_err();
            assert!(matches!(error, CsvError::NotANumber { line: 3, column: 2 }));
        }
    }

    #[test]
    fn text_that_is_no_utf_8_is_named() {
        let error = sum_column(&b"1,alice,10\n2,b\xFFb,5\n"[..], 2).unwrap_err();
        assert!(matches!(error, CsvError::Unreadable { line: 2, .. }));
    }

    #[test]
    fn lines_may_come_in_pieces() {
        let long = format!("1,{},10\r\n2,bob,5\r\n", "alice".repeat(1_000));
        let in_pieces = BufReader::with_capacity(7, long.as_bytes());
        assert_eq!(sum_column(in_pieces, 2).unwrap(), 15);
    }

    #[test]
    fn a_thousand_orders_stay_in_budget() {
        let export = sample(1_000);
        let total = BUDGET.assert_holds(|| sum(&export));
        assert_eq!(total.unwrap(), 5 * 999 * 1_000 / 2);
    }

    #[test]
    fn ten_thousand_orders_stay_in_the_same_budget() {
        let export = sample(10_000);
        let total = BUDGET.assert_holds(|| sum(&export));
        assert_eq!(total.unwrap(), 5 * 9_999 * 10_000 / 2);
    }
}
