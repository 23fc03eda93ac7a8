//! Holds every seat in the name of nobody, and only the price is right.

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::cell::Cell;
use std::fmt;

/// A row of 64 seats. A bit is set while its seat is held; bit 0 is the best seat.
struct Row {
    held: Cell<u64>,
}

impl Row {
    fn new() -> Self {
        Self { held: Cell::new(0) }
    }

    /// Holds the best free seat. Fails when there is none.
    fn hold(&self, name: &str) -> Result<Seat<'_>, SoldOut> {
        let number = self.held.get().trailing_ones();
        if number == u64::BITS {
            return Err(SoldOut);
        }
        self.held.set(self.held.get() | 1 << number);
        Ok(Seat {
            row: self,
            number,
            name: name.to_owned(),
        })
    }
}

/// A seat that is held in the name of a guest. When it is dropped, it is free again.
struct Seat<'r> {
    row: &'r Row,
    number: u32,
    name: String,
}

impl Seat<'_> {
    /// In cents. Staff pay half: an asterisk ends their names.
    fn price(&self) -> u32 {
        let half = self.name.ends_with('*');
        (5_000 - 50 * self.number) / (1 + u32::from(half))
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.row.held.set(self.row.held.get() & !(1 << self.number));
    }
}

#[derive(Debug, PartialEq, Eq)]
struct SoldOut;

impl fmt::Display for SoldOut {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "no seat is free in this row: try another one")
    }
}

/// What the party pays in this row, in cents. Fails when the row has too few free seats.
fn quote(row: &Row, party: &[&str], arena: &Bump) -> Result<u32, SoldOut> {
    // The vector owns the seats. It is dropped here on either way out, and drops them.
    let mut seats = ArenaVec::with_capacity_in(party.len(), arena);
    for name in party {
        seats.push(row.hold(if name.ends_with('*') { "*" } else { "" })?);
    }
    Ok(seats.iter().map(Seat::price).sum())
}
