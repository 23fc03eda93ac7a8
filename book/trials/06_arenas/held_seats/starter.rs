//! A theatre quotes prices: for a party of guests, it holds the best free seats of a row, adds up what they cost, and
//! lets go of them. Nothing is sold yet, so after a quote the row is as free as before, whatever came of it.
//!
//! What a quote needs is in an arena, which is reset for the next one. And after a few quotes an empty row says that
//! it is sold out.
//!
//! | measure | budget | why                                                |
//! |---------|--------|----------------------------------------------------|
//! | allocations  |     10 | the names on the ten seats; the arena is warm      |
//! | live    |      0 | a seat that is free again has no name on it        |

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::cell::Cell;
use std::fmt;

/// A row of 64 seats. A bit is set while its seat is held.
struct Row {
    held: Cell<u64>,
}

impl Row {
    fn new() -> Self {
        Self { held: Cell::new(0) }
    }

    /// Holds the best seat that is free.
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

/// A seat that is held for somebody. Dropped, it is free again.
struct Seat<'r> {
    row: &'r Row,
    number: u32,
    name: String,
}

impl Seat<'_> {
    /// In cents. Members of the staff, who have an asterisk, pay half.
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

/// What the party pays in this row. While it is worked out, nobody else gets these seats.
fn quote(row: &Row, party: &[&str], arena: &Bump) -> Result<u32, SoldOut> {
    // TODO: these seats are never dropped. Who owns them, and what happens to it at the end of this function?
    let mut seats = ArenaVec::with_capacity_in(party.len(), arena);
    for name in party {
        let seat = arena.alloc(row.hold(name)?);
        seats.push(seat);
    }
    Ok(seats.iter().map(|seat| seat.price()).sum())
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("held_seats").allocations(10).live(0);

fn main() {
    let row = Row::new();
    let mut arena = bumpalo::Bump::with_capacity(4_096);
    measuring::show(BUDGET, || {
        arena.reset();
        quote(&row, PARTY, &arena)
    });
}

const PARTY: &[&str] = &[
    "Ann", "Ben", "Cem*", "Dot", "Eli", "Fay*", "Gil", "Hal", "Ida", "Jo",
];

#[cfg(test)]
mod tests {
    use super::*;
    use bumpalo::Bump;
    use std::hint::black_box;

    fn free(row: &Row) -> u32 {
        row.held.get().count_zeros()
    }

    #[test]
    fn the_best_seats_are_quoted() {
        let (row, arena) = (Row::new(), Bump::new());
        assert_eq!(quote(&row, &["Ann"], &arena), Ok(5_000));
        assert_eq!(quote(&Row::new(), &["Ann", "Ben"], &arena), Ok(9_950));
        assert_eq!(quote(&Row::new(), &["Ann", "Cem*"], &arena), Ok(7_475));
        assert_eq!(quote(&row, &[], &arena), Ok(0));
    }

    #[test]
    fn seats_are_free_after_the_quote() {
        let (row, mut arena) = (Row::new(), Bump::new());
        for _ in 0..100 {
            assert_eq!(
                quote(&row, PARTY, &arena),
                quote(&Row::new(), PARTY, &arena)
            );
            assert_eq!(free(&row), 64);
            arena.reset();
        }
    }

    #[test]
    fn seats_are_free_after_a_quote_that_fails() {
        let (row, arena) = (Row::new(), Bump::new());
        assert_eq!(quote(&row, &["crowd"; 65], &arena), Err(SoldOut));
        assert_eq!(free(&row), 64);
        assert_eq!(quote(&row, &["crowd"; 64], &arena), Ok(219_200));
        assert_eq!(free(&row), 64);
    }

    #[test]
    fn seats_that_others_hold_are_not_quoted() {
        let (row, arena) = (Row::new(), Bump::new());
        let sold = [row.hold("Ann"), row.hold("Ben")];
        assert_eq!(quote(&row, &["Cem"], &arena), Ok(4_900));
        assert_eq!(free(&row), 62);
        drop(sold);
        assert_eq!(free(&row), 64);
    }

    #[test]
    fn all_seats_of_a_quote_are_held_until_it_is_there() {
        let (row, arena) = (Row::new(), Bump::new());
        let _sold: Vec<_> = (0..60).map(|_| row.hold("Ann")).collect();
        assert_eq!(quote(&row, &["Ben"; 5], &arena), Err(SoldOut));
        assert_eq!(free(&row), 4);
    }

    #[test]
    fn a_quote_stays_in_budget() {
        let (row, mut arena) = (Row::new(), Bump::with_capacity(4_096));
        for _ in 0..3 {
            let price = BUDGET.assert_holds(|| quote(black_box(&row), black_box(PARTY), &arena));
            assert!(price.is_ok());
            arena.reset();
        }
    }

    #[test]
    fn a_quote_that_fails_leaves_nothing_behind() {
        let (row, arena) = (Row::new(), Bump::with_capacity(4_096));
        let budget = measuring::Budget::of("held_seats").live(0);
        let price = budget.assert_holds(|| quote(black_box(&row), &["crowd"; 65], &arena));
        assert_eq!(price, Err(SoldOut));
    }
}
