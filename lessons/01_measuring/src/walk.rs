//! A lesson's staircases in the terminal, measured as you watch.

use crate::case::{Case, Lesson};
use crate::table::{grouped, table};
use crate::time::{readable, time};

/// Walks a lesson's staircases: counts every case, then times it, and prints a table per staircase and input.
///
/// An argument, if there is one, picks the staircases whose name contains it.
///
/// # Panics
///
/// Where the meter isn't installed, or no staircase has such a name.
pub fn walk(lesson: &Lesson) {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let mut walked = 0;
    for staircase in lesson
        .staircases
        .iter()
        .filter(|it| it.name().contains(&wanted))
    {
        walked += 1;
        println!("{} ({})\n", staircase.title(), staircase.name());
        if staircase.cases().iter().any(|case| case.threaded) {
            println!("Several threads: the highest of several counts of the whole process.\n");
        }
        for cases in staircase.cases().chunk_by(|a, b| a.input == b.input) {
            let rows: Vec<_> = cases.iter().map(row).collect();
            println!(
                "{}",
                table(
                    [
                        cases[0].input,
                        "allocations",
                        "bytes",
                        "peak",
                        "live",
                        "time"
                    ],
                    &rows
                )
            );
        }
    }
    let names: Vec<_> = lesson.staircases.iter().map(|it| it.name()).collect();
    assert!(
        walked > 0,
        "no staircase is called {wanted:?}; there are {}",
        names.join(", ")
    );
    if cfg!(debug_assertions) {
        println!("A debug build isn't timed. Add --release for times.");
    }
}

fn row(case: &Case) -> [String; 6] {
    let [allocations, bytes, peak, live] = case.heap().figures().map(|(_, figure)| grouped(figure));
    let time = if cfg!(debug_assertions) {
        "-".to_owned()
    } else {
        let mut work = case.prepare();
        let time = time(|| {
            work.run();
            work.finish();
        });
        readable(time.median_ns)
    };
    [case.step.to_owned(), allocations, bytes, peak, live, time]
}
