//! Committed figures, held against this machine's.
//!
//! `benches/results/LESSON.json` carries the heap figures that dhat counted. A lesson's own test counts them again
//! with the meter. On the target and compiler that wrote the file, the two must be equal to the byte; elsewhere the
//! order of the steps must hold.

use serde::Deserialize;

use crate::case::{Case, Lesson};
use crate::cost::Heap;

/// The target triple that this crate was built for.
pub const TARGET: &str = env!("MEASURING_TARGET");
/// The release of the compiler that built it, `1.95.0`.
pub const RUSTC: &str = env!("MEASURING_RUSTC");

// The part of the file that a machine can check again. `cargo workbook measure` writes more into it.

#[derive(Deserialize)]
struct Results {
    environment: Environment,
    cases: Vec<Figures>,
    facts: Vec<FactValue>,
}

#[derive(Deserialize)]
struct Environment {
    target: String,
    rustc: String,
}

#[derive(Deserialize)]
struct Figures {
    staircase: String,
    step: String,
    input: String,
    heap: Heap,
}

impl Figures {
    fn id(&self) -> String {
        format!("{}/{}/{}", self.staircase, self.step, self.input)
    }

    fn competes_with(&self, other: &Figures) -> bool {
        self.staircase == other.staircase && self.input == other.input
    }
}

#[derive(Deserialize)]
struct FactValue {
    name: String,
    value: String,
}

/// Counts every case and fact of a lesson and holds them against the committed `results`.
///
/// # Panics
///
/// Where the results are no JSON of this shape; where a case or a fact is missing on one side; where figures differ
/// on the same target and compiler; where elsewhere the blocks of two steps stand in another order.
pub fn assert_committed(lesson: &Lesson, results: &str) {
    let name = lesson.name;
    let remedy = format!("to renew benches/results/{name}.json: cargo workbook measure {name}");
    let results: Results = serde_json::from_str(results)
        .unwrap_or_else(|error| panic!("the committed results can't be read: {error}; {remedy}"));
    let same = results.environment.target == TARGET && results.environment.rustc == RUSTC;

    let cases = lesson.cases();
    let ids: Vec<String> = cases.iter().map(Case::id).collect();
    let committed: Vec<String> = results.cases.iter().map(Figures::id).collect();
    assert_eq!(
        ids, committed,
        "left: the lesson's cases, right: its results; {remedy}"
    );
    let counted: Vec<(&Figures, Heap)> = cases
        .iter()
        .zip(&results.cases)
        .filter(|(case, _)| !(case.only_when_optimised && cfg!(debug_assertions)))
        .map(|(case, figures)| (figures, case.heap()))
        .collect();
    for (figures, now) in &counted {
        assert!(
            !same || *now == figures.heap,
            "{}: {now:?} now, {:?} committed; {remedy}",
            figures.id(),
            figures.heap
        );
    }
    assert_order_holds(&counted);

    let facts: Vec<&str> = lesson.facts.iter().map(|fact| fact.name).collect();
    let known: Vec<&str> = results
        .facts
        .iter()
        .map(|fact| fact.name.as_str())
        .collect();
    assert_eq!(
        facts, known,
        "left: the lesson's facts, right: its results; {remedy}"
    );
    for (fact, committed) in lesson.facts.iter().zip(&results.facts) {
        let now = (fact.value)();
        assert!(
            !same || now == committed.value,
            "{}: {now} now, {} committed; {remedy}",
            fact.name,
            committed.value
        );
    }
}

/// Where one step takes fewer blocks than another in the results, it doesn't take more here.
fn assert_order_holds(counted: &[(&Figures, Heap)]) {
    for (one, one_now) in counted {
        for (other, other_now) in counted {
            if one.competes_with(other) && one.heap.blocks < other.heap.blocks {
                assert!(
                    one_now.blocks <= other_now.blocks,
                    "{} takes fewer blocks than {} in the results, but not here",
                    one.id(),
                    other.id()
                );
            }
        }
    }
}
