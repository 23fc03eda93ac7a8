//! A shop exports its orders as CSV without a header or quotes: `1007,alice,1995`. A nightly report
//! adds up one column. Example: column 2 of `"1,alice,10\n2,bob,5\r\n"` → 15.
//!
//! An amount is digits only; a space or a quote is an error. So are a line without the column, a
//! line that isn't UTF-8, and an input that fails. The error names the first line that is wrong.
//!
//! Every line is read into the same `String`, which grows to the longest line. `split` is an
//! iterator: `nth` takes one field from it, and no field is stored.
//!
//! | measure     | budget | why                                                    |
//! |-------------|-------:|--------------------------------------------------------|
//! | allocations |      4 | the text of one line, with a few steps of growth       |
//! | bytes       |  4,096 | enough for any line, not enough for the whole export   |
//! | live        |      0 | the report returns a number; nothing else is kept      |

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

/// Adds up a column, counted from 0. Amounts are `u32`, so that a `u64` holds the total of four
/// billion lines.
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
    .bytes(4_096)
    .live(0);

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
    use measuring::assert_gives;
    use measuring::doubles::Failing;
    use std::hint::black_box;
    use std::io::{BufReader, ErrorKind};

    /// A total, or an error whose parts can be compared.
    #[derive(Debug, PartialEq)]
    enum Said {
        Total(u64),
        Unreadable(usize),
        Missing(usize, usize),
        NoNumber(usize, usize),
    }
    use Said::{Missing, NoNumber, Total, Unreadable};

    #[track_caller]
    fn assert_sums(what: &str, input: impl BufRead, column: usize, expected: Said) {
        let said = match sum_column(black_box(input), column) {
            Ok(total) => Total(total),
            Err(CsvError::Unreadable { line, .. }) => Unreadable(line),
            Err(CsvError::MissingField { line, column }) => Missing(line, column),
            Err(CsvError::NotANumber { line, column }) => NoNumber(line, column),
        };
        assert_gives(format_args!("column {column} of {what}"), &said, &expected);
    }

    /// Column 2 of an export.
    #[track_caller]
    fn assert_column_2(export: impl AsRef<[u8]>, expected: Said) {
        let export = export.as_ref();
        assert_sums(
            &format!("\"{}\"", export.escape_ascii()),
            export,
            2,
            expected,
        );
    }

    #[measuring::test]
    fn a_column_is_added_up() {
        assert_column_2("", Total(0));
        assert_column_2("1,alice,10\n2,bob,5\n3,carol,1995\n", Total(2_010));
        assert_column_2("7,müller,10\n8,,0\n9,a b,00007,paid,5\n", Total(17));
        let wide: String = (0..300).map(|number| format!("{number},")).collect();
        for (column, total) in [(0, 0), (1, 2), (255, 510), (256, 512), (299, 598)] {
            let export = format!("{wide}last\n{wide}last\n");
            assert_sums(
                "two rows of 0,1,2…299,last",
                export.as_bytes(),
                column,
                Total(total),
            );
        }
    }

    #[measuring::test]
    fn a_total_outgrows_its_amounts() {
        assert_column_2("1,a,4294967295\n2,b,4294967295\n", Total(8_589_934_590));
        let line = "1,a,4294967295\n";
        let total = 70_000 * u64::from(u32::MAX);
        assert_sums(
            "70,000 amounts of 4294967295",
            line.repeat(70_000).as_bytes(),
            2,
            Total(total),
        );
    }

    #[measuring::test]
    fn a_line_ends_as_on_unix_or_windows() {
        for paid in ["", ",paid"] {
            for [first, last] in [["\n", ""], ["\r\n", ""], ["\r\n", "\r\n"], ["\n", "\r\n"]] {
                let export = format!("1,alice,10{paid}{first}2,bob,5{paid}{last}");
                assert_column_2(export, Total(15));
            }
        }
    }

    #[measuring::test]
    fn a_short_line_is_named() {
        assert_column_2("1,alice\n2,bob,5\n", Missing(1, 2));
        assert_column_2("1,alice,10\n2,bob\n3,carol,7\n", Missing(2, 2));
        assert_column_2("1,alice,10\n\n2,bob,5\n", Missing(2, 2));
        assert_column_2("1,alice,10\n\n", Missing(2, 2));
        let many = format!("{}7,bob\n", sample(70_000));
        assert_sums(
            "70,000 orders and 7,bob",
            many.as_bytes(),
            2,
            Missing(70_001, 2),
        );
        assert_sums(
            "300 fields",
            ",".repeat(299).as_bytes(),
            300,
            Missing(1, 300),
        );
    }

    #[measuring::test]
    fn a_bad_amount_is_named() {
        let bad = [
            "",
            "-5",
            "19.95",
            "4294967296",
            "ten",
            " 5",
            "5 ",
            "\t5",
            "\"5\"",
            "5€",
            "0x5",
        ];
        for amount in bad {
            assert_column_2(format!("amount,of,{amount}\n1,alice,10\n"), NoNumber(1, 2));
            for end in ["\n", ",paid\r\n", ""] {
                let export = format!("1,alice,10\n2,bob,5\n3,carol,{amount}{end}");
                assert_column_2(export, NoNumber(3, 2));
            }
        }
        assert_column_2("1,\"alice, bob\",10\n", NoNumber(1, 2));
        assert_sums(
            "\"\\u{feff}7,alice\"",
            "\u{feff}7,alice".as_bytes(),
            0,
            NoNumber(1, 0),
        );
    }

    #[measuring::test]
    fn a_line_that_is_no_utf_8_is_named() {
        for bad in [
            &b"2,b\xFFb,5\n"[..],
            b"2,bob,5,\xFF\n",
            b"2,bob,\xC3\n",
            b"2,bob,5,\xC3",
        ] {
            assert_column_2([b"1,alice,10\n", bad].concat(), Unreadable(2));
            assert_column_2([b"1,alice,10\r\n2,bob\n", bad].concat(), Missing(2, 2));
        }
    }

    #[measuring::test]
    fn an_input_that_fails_is_named() {
        let export = "1,alice,10\n2,bob,5\n3,carol\n";
        let expected = |read| match read {
            0..11 => Unreadable(1),
            11..19 => Unreadable(2),
            19..27 => Unreadable(3),
            _ => Missing(3, 2),
        };
        for read in 0..=export.len() {
            let input = BufReader::new(Failing::after(read, export.as_bytes()));
            assert_sums(
                &format!("{export:?}, of which {read} bytes arrive"),
                input,
                2,
                expected(read),
            );
            let input = BufReader::new(Failing::after(read, export.as_bytes()));
            if let Err(CsvError::Unreadable { source, .. }) = sum_column(input, 2) {
                let what = format_args!("the source of the error after {read} bytes");
                assert_gives(what, &source.kind(), &ErrorKind::BrokenPipe);
            }
        }
    }

    #[measuring::test]
    fn lines_may_come_in_pieces() {
        for length in [0, 5, 300, 70_000] {
            let long = format!("1,{},10\r\n2,bob,5\r\n3,€,7", "é".repeat(length));
            for piece in [1, 2, 3, 7, 64] {
                let in_pieces = BufReader::with_capacity(piece, long.as_bytes());
                let what = format!("1,(é × {length}),10… in pieces of {piece} bytes");
                assert_sums(&what, in_pieces, 2, Total(22));
            }
        }
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn exports_of_every_size_stay_in_the_same_budget() {
        for orders in [1_000, 0, 1, 10_000] {
            let export = sample(orders);
            let mut whole = export.as_bytes();
            let _ = BUDGET.assert_holds_in_process(|| sum_column(black_box(&mut whole), 2));
            let mut pieces = BufReader::with_capacity(50, export.as_bytes());
            let _ = BUDGET.assert_holds_in_process(|| sum_column(black_box(&mut pieces), 2));
        }
    }

    #[measuring::test]
    fn refusals_stay_in_the_same_budget() {
        for bad in ["7,bob\n", "7,bob,ten\n", "7,bob"] {
            let export = sample(1_000) + bad;
            BUDGET.assert_holds(|| sum_column(black_box(export.as_bytes()), 2).is_err());
        }
    }
}
