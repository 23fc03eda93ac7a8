//! What an exercise's `main` does: show the cost of its work, to people and to programs.

use std::env;
use std::hint::black_box;
use std::io::{self, Write};

use serde::Serialize;

use crate::budget::Budget;
use crate::cost::Heap;
use crate::heap::heap;
use crate::table::table;
use crate::time::{Time, Timer, readable, time};

/// Shows what `work` costs. An exercise's `main` is this one call.
///
/// Without an argument it prints a table. Programs ask otherwise: `--json` prints the same as one line of JSON;
/// `--batches` times one batch for every line on standard input and answers with nanoseconds per call, so that
/// several programs can be timed in turns; `--once` runs the work twice, the second time inside a function that
/// callgrind can be told to watch.
///
/// It counts first and times afterwards, never both at once. A debug build is not timed: its times say nothing.
///
/// ```
/// use measuring::Budget;
/// measuring::install!();
///
/// measuring::show(Budget::of("join_words").allocations(1), || ["hello", "world"].join(" "));
/// ```
///
/// # Panics
///
/// Where the meter isn't installed, and where the argument is none of the above.
pub fn show<T>(budget: Budget, mut work: impl FnMut() -> T) {
    match env::args().nth(1).as_deref() {
        None => print!("{}", as_table(&budget, &Shown::of(&budget, work))),
        Some("--json") => {
            let shown = Shown::of(&budget, work);
            println!(
                "{}",
                serde_json::to_string(&shown).expect("numbers and names make JSON")
            );
        }
        Some("--batches") => answer_with_batches(work),
        Some("--once") => {
            black_box(work());
            instructions_are_counted_here(&mut || drop(black_box(work())));
        }
        Some(other) => panic!("unknown argument {other:?}: use --json, --batches, --once or none"),
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    exercise: &'a str,
    budget: &'a Budget,
    heap: Heap,
    within: bool,
    time: Option<Time>,
}

impl<'a> Shown<'a> {
    fn of<T>(budget: &'a Budget, mut work: impl FnMut() -> T) -> Self {
        let (result, heap) = heap(&mut work);
        drop(result);
        let time = (!cfg!(debug_assertions)).then(|| time(work));
        Self {
            exercise: budget.exercise(),
            budget,
            heap,
            within: budget.allows(&heap),
            time,
        }
    }
}

fn as_table(budget: &Budget, shown: &Shown) -> String {
    let verdict = if shown.within {
        "within budget"
    } else {
        "over budget"
    };
    let table = table(["", "budget", "spent", "over"], &budget.rows(&shown.heap));
    let time = match shown.time {
        Some(Time {
            median_ns,
            low_ns,
            high_ns,
        }) => {
            let (low, high) = (readable(low_ns), readable(high_ns));
            format!("time: {} a call ({low} to {high})", readable(median_ns))
        }
        None => "time: not in a debug build; add --release".to_owned(),
    };
    format!("{}: {verdict}\n\n{table}\n{time}\n", shown.exercise)
}

fn answer_with_batches<T>(work: impl FnMut() -> T) {
    let mut timer = Timer::calibrated(work);
    let mut answers = io::stdout();
    for line in io::stdin().lines() {
        // A closed pipe means that nobody asks any more.
        if line.is_err() || writeln!(answers, "{}", timer.batch_ns()).is_err() {
            return;
        }
    }
}

/// Callgrind counts from when this function is entered to when it is left:
/// `valgrind --tool=callgrind --toggle-collect='*instructions_are_counted_here*'`.
///
/// It takes a trait object so that there is one such function in a binary, whatever it runs.
#[inline(never)]
pub fn instructions_are_counted_here(work: &mut dyn FnMut()) {
    work();
    // Keeps the call above from becoming a jump, which callgrind would take for leaving.
    black_box(());
}
