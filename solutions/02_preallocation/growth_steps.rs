//! A weather station collects readings of 8 bytes in vectors, lines in strings, stations in a
//! map. Predict the capacities, and the cost of growing. Example: 5 pushes to an empty `Vec` →
//! capacity 8.
//!
//! A full vector, as the chapter has it, doubles. But that is half of the rule. What happens if
//! twice the capacity isn't enough, if elements leave, or if an iterator doesn't know how many
//! will come? Whatever is added, the new capacity is max(double, needed); `reserve_exact` is the
//! exception. Only the `shrink` methods lower a capacity, and only a clone or a new collection
//! starts afresh.
//!
//! | questions                  | to predict                                             |
//! |----------------------------|--------------------------------------------------------|
//! | many readings at once      | 3 capacities, 1 number of allocations, 1 sum of bytes  |
//! | exact reservations         | 3 capacities                                           |
//! | clones, shrinking vectors  | 3 capacities                                           |
//! | a map that grows           | 1 number of allocations                                |

#![forbid(unsafe_code)]

/// The capacity after 5 pushes and 12 more readings at once, by `extend_from_slice`.
const EXTENDED: u64 = 17;

/// The capacity after the same and one more push.
const EXTENDED_AND_PUSHED: u64 = 34;

/// Allocations and bytes of 10 chunks of 7 readings; a reallocation counts with its full new size.
const CHUNKS_ALLOCATIONS: u64 = 5;
const CHUNKS_BYTES: u64 = 1_736;

/// The capacity of an empty vector after `append` of 100 readings from a vector of capacity 1,000.
const APPENDED: u64 = 100;

/// A full vector of 100: its capacity after `reserve_exact(10)` and 11 pushes.
const RESERVED: u64 = 220;

/// The capacity of a `String` from "GET" after ' ', "/users/alice/notes" and '\n' are pushed.
const REQUEST: u64 = 44;

/// The capacity of 100 readings and 500 that pass a filter, collected from one iterator.
const COLLECTED: u64 = 800;

/// The capacity of a clone of 1,000 pushed readings, after one more push.
const CLONED: u64 = 2_000;

/// 1,000 pushes; `retain` keeps 10; 1,015 more pushes.
const RETAINED: u64 = 2_048;

/// 1,000 pushes; `truncate(10)`; `shrink_to(50)`; 45 more readings at once.
const SHRUNK: u64 = 100;

/// Allocations of 100 inserts into an empty `HashMap<u32, f64>`.
const MAP_ALLOCATIONS: u64 = 6;

// ---- Change nothing below this line. ----

use std::collections::HashMap;
use std::hint::black_box;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("growth_steps");

/// Pushes so many readings, one by one.
fn push(readings: &mut Vec<u64>, count: u64) {
    for reading in 0..black_box(count) {
        readings.push(reading);
    }
}

/// Adds so many readings at once.
fn extend(readings: &mut Vec<u64>, count: usize) {
    readings.extend_from_slice(black_box(&vec![7; count]));
}

fn pushed(count: u64) -> Vec<u64> {
    let mut readings = Vec::new();
    push(&mut readings, count);
    readings
}

/// A radar sends its readings in chunks of so many.
fn chunks<const SIZE: usize>(count: usize) -> Vec<u64> {
    let mut readings = Vec::new();
    for _ in 0..black_box(count) {
        readings.extend_from_slice(black_box(&[7; SIZE]));
    }
    readings
}

fn extended() -> Vec<u64> {
    let mut readings = pushed(5);
    extend(&mut readings, 12);
    readings
}

fn extended_and_pushed() -> Vec<u64> {
    let mut readings = extended();
    push(&mut readings, 1);
    readings
}

fn appended() -> Vec<u64> {
    let mut from = Vec::with_capacity(1_000);
    extend(&mut from, 100);
    let mut readings = Vec::new();
    readings.append(black_box(&mut from));
    readings
}

fn reserved() -> Vec<u64> {
    let mut readings = Vec::with_capacity(100);
    push(&mut readings, 100);
    readings.reserve_exact(black_box(10));
    push(&mut readings, 11);
    readings
}

fn request() -> String {
    let mut line = String::from(black_box("GET"));
    line.push(black_box(' '));
    line.push_str(black_box("/users/alice/notes"));
    line.push(black_box('\n'));
    line
}

fn collected() -> Vec<u64> {
    let even = (0..black_box(1_000)).filter(|reading| reading % 2 == 0);
    (0..black_box(100)).chain(even).collect()
}

fn cloned() -> Vec<u64> {
    let mut copy = black_box(pushed(1_000)).clone();
    push(&mut copy, 1);
    copy
}

fn retained() -> Vec<u64> {
    let mut readings = pushed(1_000);
    readings.retain(|reading| *reading < black_box(10));
    push(&mut readings, 1_015);
    readings
}

fn shrunk() -> Vec<u64> {
    let mut readings = pushed(1_000);
    readings.truncate(10);
    readings.shrink_to(black_box(50));
    extend(&mut readings, 45);
    readings
}

fn stations() -> HashMap<u32, f64> {
    let mut stations = HashMap::new();
    for station in 0..black_box(100) {
        stations.insert(station, 21.5);
    }
    stations
}

/// What was predicted and measured, and the reason for it.
struct Question {
    what: &'static str,
    predicted: u64,
    measured: u64,
    why: &'static str,
}

const fn ask(what: &'static str, predicted: u64, measured: u64, why: &'static str) -> Question {
    Question {
        what,
        predicted,
        measured,
        why,
    }
}

fn at_once() -> [Question; 5] {
    let (_, bill) = measuring::heap(chunks_of_7);
    let capacity = |readings: Vec<u64>| readings.capacity() as u64;
    [
        ask(
            "capacity after 5 pushes and 12 at once",
            EXTENDED,
            capacity(extended()),
            "twice the capacity is too little for all, so the vector takes just what it needs",
        ),
        ask(
            "capacity after one more push",
            EXTENDED_AND_PUSHED,
            capacity(extended_and_pushed()),
            "twice a capacity that is no power of two is none either",
        ),
        ask(
            "allocations of 10 chunks of 7",
            CHUNKS_ALLOCATIONS,
            bill.allocations,
            "each of the first three chunks finds the vector full; later ones find spare capacity",
        ),
        ask(
            "bytes of 10 chunks of 7",
            CHUNKS_BYTES,
            bill.bytes,
            "each allocation counts with its full size, the earlier ones too",
        ),
        ask(
            "capacity after append",
            APPENDED,
            capacity(appended()),
            "append copies the elements; the other vector keeps its allocation and spare capacity",
        ),
    ]
}

fn chunks_of_7() -> Vec<u64> {
    chunks::<7>(10)
}

fn exactly() -> [Question; 3] {
    [
        ask(
            "capacity after reserve_exact(10) and 11 pushes",
            RESERVED,
            reserved().capacity() as u64,
            "reserve_exact is exact once; the next push that finds the vector full doubles it",
        ),
        ask(
            "capacity of the request line",
            REQUEST,
            request().capacity() as u64,
            "8 bytes at least; then what is needed, because double isn't enough; then double",
        ),
        ask(
            "capacity after collect",
            COLLECTED,
            collected().capacity() as u64,
            "collect reserves what the range promises; the filter promises nothing, so it doubles",
        ),
    ]
}

fn afterwards() -> [Question; 3] {
    [
        ask(
            "capacity of a clone after one push",
            CLONED,
            cloned().capacity() as u64,
            "a clone has no spare capacity, so its first push doubles it",
        ),
        ask(
            "capacity after retain and 1,015 pushes",
            RETAINED,
            retained().capacity() as u64,
            "retain keeps the capacity; one reading more than it holds doubles it",
        ),
        ask(
            "capacity after shrink_to(50) and 45 at once",
            SHRUNK,
            shrunk().capacity() as u64,
            "shrink_to leaves what it is told; twice that is more than what is needed then",
        ),
    ]
}

fn in_a_map() -> [Question; 1] {
    let (_, bill) = measuring::heap(stations);
    [ask(
        "allocations of 100 inserts",
        MAP_ALLOCATIONS,
        bill.allocations,
        "tables of 4, 8, 16… places, at most 7 in 8 used; every one is a new allocation",
    )]
}

fn main() {
    measuring::show(BUDGET, || chunks::<3>(10));
    let questions = at_once()
        .into_iter()
        .chain(exactly())
        .chain(afterwards())
        .chain(in_a_map());
    let questions: Vec<_> = questions.collect();
    let all_right = questions.iter().all(|it| it.predicted == it.measured);
    if all_right && std::env::args().len() == 1 {
        println!();
        for Question {
            what,
            measured,
            why,
            ..
        } in questions
        {
            println!("{what}: {measured}\n    {why}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_right(questions: impl IntoIterator<Item = Question>) {
        for Question {
            what,
            predicted,
            measured,
            ..
        } in questions
        {
            measuring::assert_predicted(what, predicted, measured);
        }
    }

    #[measuring::test]
    fn many_readings_at_once() {
        assert_right(at_once());
    }

    #[measuring::test]
    fn exact_reservations() {
        assert_right(exactly());
    }

    #[measuring::test]
    fn clones_and_vectors_that_shrink() {
        assert_right(afterwards());
    }

    #[measuring::test]
    fn a_map_that_grows() {
        assert_right(in_a_map());
    }
}
