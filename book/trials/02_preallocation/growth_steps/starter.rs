//! A weather station sends its readings one by one, and nobody says beforehand how many there will be. So they are
//! collected the plain way: start with nothing, push each one as it comes.
//!
//! A full collection has to move to a larger allocation. How much larger is the library's choice, and the bill for all
//! those moves is yours. Nothing is wasteful here that you could mend; say what it costs before you measure it.
//!
//! | question                | to predict                                         |
//! |-------------------------|----------------------------------------------------|
//! | first room, growth      | capacities, for elements of 1, 8 and 2,000 bytes   |
//! | the bill for growing    | allocations and bytes of 1,000 pushes                   |
//! | room that was asked for | capacity of a map                                  |
//! | room for one more       | capacities of a string                             |
//! | room that is given back | capacity after clear, truncate and shrink_to_fit   |
//!
//! `cargo run --bin growth_steps` shows the bill for 100 pushes, from which the steps can be worked out.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

// TODO: write down what you expect in place of each 0, then let the tests measure it.

/// The capacity after a single push.
const FIRST_ROOM_1_BYTE: u64 = 0;
const FIRST_ROOM_8_BYTES: u64 = 0;
const FIRST_ROOM_2000_BYTES: u64 = 0;

/// The capacity after so many pushes.
const ROOM_FOR_100_OF_1_BYTE: u64 = 0;
const ROOM_FOR_3000_OF_8_BYTES: u64 = 0;
const ROOM_FOR_5_OF_2000_BYTES: u64 = 0;

/// What 1,000 pushes of 8 bytes cost. A move to a larger allocation counts as one more allocation, with its full new size.
const ALLOCATIONS_OF_1000_PUSHES: u64 = 0;
const BYTES_OF_1000_PUSHES: u64 = 0;

/// What the vector costs that nothing was pushed to.
const ALLOCATIONS_OF_0_PUSHES: u64 = 0;

/// The capacity of `stations(1_000)`. A map keeps a power of two of places, and fills at most 7 in 8 of them.
const ROOM_OF_A_MAP_FOR_1000: u64 = 0;

/// The capacity of `display(&["hurricane"])`, and of `display(&["hurricane", "!"])`.
const ROOM_FOR_HURRICANE: u64 = 0;
const ROOM_FOR_HURRICANE_BANG: u64 = 0;

/// The capacity of a vector of 1,000 readings of 8 bytes, after `clear()`, `truncate(10)`, or `truncate(10)` and
/// `shrink_to_fit()`.
const ROOM_AFTER_CLEAR: u64 = 0;
const ROOM_AFTER_TRUNCATE: u64 = 0;
const ROOM_AFTER_SHRINK: u64 = 0;

// ---- Change nothing below this line. ----

use std::collections::HashMap;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("growth_steps");

/// Collects readings that come one by one: flags of 1 byte, temperatures of 8, or radar rows of 2,000.
fn collect<T: Clone>(reading: T, count: usize) -> Vec<T> {
    let mut readings = Vec::new();
    for _ in 0..count {
        readings.push(reading.clone());
    }
    readings
}

/// The stations by their number, with room for as many as there are.
fn stations(count: usize) -> HashMap<u32, f64> {
    HashMap::with_capacity(count)
}

/// What the display shows. `from` takes just the room that it needs; `push_str` has to grow it.
fn display(parts: &[&str]) -> String {
    let mut line = String::from("wind:");
    for part in parts {
        line.push_str(part);
    }
    line
}

fn main() {
    measuring::show(BUDGET, || collect(21.5f64, 100));
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{assert_predicted, heap};
    use std::hint::black_box;

    fn room<T: Clone>(reading: T, count: usize) -> u64 {
        black_box(collect(black_box(reading), black_box(count))).capacity() as u64
    }

    #[test]
    fn first_room() {
        let (small, middle, large) = (room(1u8, 1), room(1.0f64, 1), room([1u8; 2_000], 1));
        assert_predicted("room after 1 push of 1 byte", FIRST_ROOM_1_BYTE, small);
        assert_predicted("room after 1 push of 8 bytes", FIRST_ROOM_8_BYTES, middle);
        assert_predicted(
            "room after 1 push of 2,000 bytes",
            FIRST_ROOM_2000_BYTES,
            large,
        );
    }

    #[test]
    fn growth() {
        let (small, middle, large) = (room(1u8, 100), room(1.0f64, 3_000), room([1u8; 2_000], 5));
        assert_predicted(
            "room after 100 pushes of 1 byte",
            ROOM_FOR_100_OF_1_BYTE,
            small,
        );
        assert_predicted(
            "room after 3,000 pushes of 8 bytes",
            ROOM_FOR_3000_OF_8_BYTES,
            middle,
        );
        assert_predicted(
            "room after 5 pushes of 2,000 bytes",
            ROOM_FOR_5_OF_2000_BYTES,
            large,
        );
    }

    #[test]
    fn bill_for_growing() {
        let (_, nothing) = heap(|| collect(black_box(21.5f64), black_box(0)));
        let (_, thousand) = heap(|| collect(black_box(21.5f64), black_box(1_000)));
        assert_predicted(
            "allocations of 1,000 pushes",
            ALLOCATIONS_OF_1000_PUSHES,
            thousand.allocations,
        );
        assert_predicted(
            "bytes of 1,000 pushes",
            BYTES_OF_1000_PUSHES,
            thousand.bytes,
        );
        assert_predicted(
            "allocations of no pushes",
            ALLOCATIONS_OF_0_PUSHES,
            nothing.allocations,
        );
    }

    #[test]
    fn room_of_a_map() {
        let room = stations(black_box(1_000)).capacity() as u64;
        assert_predicted("room of a map for 1,000", ROOM_OF_A_MAP_FOR_1000, room);
    }

    #[test]
    fn room_of_a_string() {
        let hurricane = display(black_box(&["hurricane"])).capacity() as u64;
        let bang = display(black_box(&["hurricane", "!"])).capacity() as u64;
        assert_predicted("room for wind:hurricane", ROOM_FOR_HURRICANE, hurricane);
        assert_predicted("room for wind:hurricane!", ROOM_FOR_HURRICANE_BANG, bang);
    }

    #[test]
    fn room_given_back() {
        let mut readings = collect(black_box(21.5f64), black_box(1_000));
        readings.truncate(10);
        let truncated = readings.capacity() as u64;
        readings.shrink_to_fit();
        let shrunk = readings.capacity() as u64;
        let mut readings = collect(black_box(21.5f64), black_box(1_000));
        readings.clear();
        let cleared = readings.capacity() as u64;
        assert_predicted("room after clear", ROOM_AFTER_CLEAR, cleared);
        assert_predicted("room after truncate", ROOM_AFTER_TRUNCATE, truncated);
        assert_predicted("room after shrink_to_fit", ROOM_AFTER_SHRINK, shrunk);
    }
}
