//! A theatre quotes prices. For a party of guests it holds the best free seats of a row, each in
//! the name of its guest. It adds up their prices and frees the seats again. All seats of the party
//! are held until its price is known. After a quote the row is as free as before, also when it had
//! too few: `quote(&row, &["Ann", "Cem*"], &arena)` → `Ok(7_475)`, for 65 guests `Err(SoldOut)`.
//! The list of seats lies in an arena, which is reset for the next quote.
//! The bug: after a few quotes, an empty row says that it is sold out.
//!
//! | a party of (warm arena) | allocations  | bytes  | live | why                             |
//! |-------------------------|--------------|--------|------|---------------------------------|
//! | 10                      |           10 |    512 |    0 | a name per seat, and no list    |
//! | 0 to 1,000              | 8 and guests | 16,384 |    0 | the names are freed as well     |

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
    // TODO: these seats are never dropped. Who owns them, and what happens to the owner on each way
    // out of this function?
    let mut seats = ArenaVec::with_capacity_in(party.len(), arena);
    for name in party {
        let seat = arena.alloc(row.hold(name)?);
        seats.push(seat);
    }
    Ok(seats.iter().map(|seat| seat.price()).sum())
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("held_seats")
    .allocations(10)
    .bytes(512)
    .live(0);

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
    use super::{BUDGET, PARTY, Row, SoldOut, quote};
    use bumpalo::Bump;
    use measuring::{Budget, assert_gives, heap};
    use std::hint::black_box;

    /// For a party of any size, with a warm arena.
    const ANY_PARTY: Budget = Budget::of("held_seats").bytes(16_384).live(0);

    /// The price by a plain computation, for a row whose held seats are these bits.
    fn plain(mut held: u64, party: &[&str]) -> Result<u32, SoldOut> {
        let mut price = 0;
        for name in party {
            let best = (0..64).find(|seat| held >> seat & 1 == 0).ok_or(SoldOut)?;
            held |= 1 << best;
            let full = 5_000 - 50 * best;
            price += if name.ends_with('*') { full / 2 } else { full };
        }
        Ok(price)
    }

    /// Quotes twice in a row with these held seats, and compares prices and seats.
    #[track_caller]
    fn assert_quotes(held: u64, party: &[&str]) {
        let (row, mut arena) = (Row::new(), Bump::new());
        let mut all: Vec<_> = (0..64).map(|_| row.hold("others").ok()).collect();
        for (seat, held_seat) in all.iter_mut().enumerate() {
            held_seat.take_if(|_| held >> seat & 1 == 0);
        }
        let guests = party.len();
        let what = format!("party of {guests}, held seats {held:#x}");
        for _ in 0..2 {
            let came = quote(black_box(&row), black_box(party), &arena);
            assert_gives(
                format_args!("price for a {what}"),
                &came,
                &plain(held, party),
            );
            let after = format!("{:#x}", row.held.get());
            let input = format_args!("held seats after a quote for a {what}");
            assert_gives(input, &after, &format!("{held:#x}"));
            arena.reset();
        }
        drop(all);
        assert_gives("held seats after the others left", &row.held.get(), &0);
    }

    #[measuring::test]
    fn the_best_seats_are_quoted() {
        let arena = Bump::new();
        for (party, price) in [
            (&["Ann"][..], 5_000),
            (&["Ann", "Ben"], 9_950),
            (&["Ann", "Cem*"], 7_475),
            (&["Cem*", "Ann"], 7_450),
            (&["*", "", "**", "*a"], 14_750),
            (&[], 0),
        ] {
            let came = quote(&Row::new(), party, &arena);
            assert_gives(format_args!("party {party:?}"), &came, &Ok(price));
        }
    }

    #[measuring::test]
    fn seats_are_free_after_every_quote() {
        for guests in [0, 1, 2, 31, 32, 33, 63, 64, 65, 66, 128, 1_000] {
            let party: Vec<&str> = PARTY.iter().cycle().take(guests).copied().collect();
            assert_quotes(0, &party);
        }
    }

    #[measuring::test]
    fn seats_that_others_hold_are_not_quoted() {
        for held in [
            0b11,
            0b1010_1101,
            1 << 63,
            0xFFFF_FFFF,
            0xFFFF_FFFF << 32,
            0x5555_5555_5555_5555,
            u64::MAX >> 4,
            u64::MAX << 1,
            u64::MAX,
        ] {
            for guests in [0, 1, 2, 4, 5, 31, 32, 33] {
                let party: Vec<&str> = PARTY.iter().cycle().take(guests).copied().collect();
                assert_quotes(held, &party);
            }
        }
    }

    /// The bytes that it takes to hold these seats one by one.
    fn bytes_of_names(party: &[&str]) -> u64 {
        let row = Row::new();
        let bytes = |name: &&str| heap(|| row.hold(black_box(name)).is_ok()).1.bytes;
        party.iter().map(bytes).sum()
    }

    #[measuring::test]
    fn seats_are_held_in_the_names_of_their_guests() {
        let (row, arena) = (Row::new(), Bump::with_capacity(65_536));
        let long = [
            "Ottokar*",
            &"é".repeat(70_000),
            "Wilhelmine Charlotte",
            "Jo",
        ];
        let (one, other) = (["Charlotte", "Jo"], ["Jo", "Charlotte"]);
        for party in [PARTY, &long, &["Jo"; 64], &one, &other] {
            let (price, cost) = heap(|| quote(black_box(&row), black_box(party), &arena));
            let what = format!("{} guests after {}", party.len(), party[0]);
            assert_gives(format_args!("price for {what}"), &price, &plain(0, party));
            // None for seats that borrow their names.
            let names = bytes_of_names(party);
            let input = format_args!("bytes of the names of {what} that were held");
            assert_gives(input, &cost.bytes.min(names), &names);
        }
    }

    #[measuring::test]
    fn a_quote_stays_in_budget() {
        let (row, mut arena) = (Row::new(), Bump::with_capacity(4_096));
        for _ in 0..3 {
            let quoted = || quote(black_box(&row), black_box(PARTY), &arena);
            let price = BUDGET.assert_holds_in_process(quoted);
            assert_gives("the sample", &price, &plain(0, PARTY));
            arena.reset();
        }
    }

    #[measuring::test]
    fn a_quote_for_any_party_leaves_nothing_behind() {
        for guests in [0, 1, 64, 65, 1_000] {
            let (row, arena) = (Row::new(), Bump::with_capacity(65_536));
            let party = vec!["crowd"; guests];
            let budget = ANY_PARTY.allocations(8 + guests as u64);
            let price = budget.assert_holds(|| quote(black_box(&row), black_box(&party), &arena));
            assert_gives(format_args!("party of {guests}"), &price, &plain(0, &party));
        }
    }
}
