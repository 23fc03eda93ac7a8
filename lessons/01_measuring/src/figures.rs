//! Committed figures, held against this machine's.
//!
//! `benches/results/LESSON.json` carries the heap figures that dhat counted. A lesson's own test counts them again
//! with the meter. On the target and compiler that wrote the file, the two must be equal to the byte; elsewhere the
//! order of the steps must hold. The figures of a threaded case are upper bounds, and are compared as such.

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

impl Environment {
    fn is_here(&self) -> bool {
        self.target == TARGET && self.rustc == RUSTC
    }
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

/// Whether committed results were measured with this compiler, for this target.
///
/// What follows from how std's collections happen to grow is exact only there: a test asks for it to the letter where
/// this is true, and for bounds and order elsewhere.
///
/// # Panics
///
/// Where the results are no JSON of this shape.
pub fn measured_here(results: &str) -> bool {
    read(results).environment.is_here()
}

fn read(results: &str) -> Results {
    serde_json::from_str(results).unwrap_or_else(|error| {
        panic!(
            "the committed results can't be read: {error}; to renew them: cargo workbook measure"
        )
    })
}

/// Counts every case and fact of a lesson and holds them against the committed `results`.
///
/// # Panics
///
/// Where the results are no JSON of this shape; where a case or a fact is missing on one side; where figures differ
/// on the same target and compiler, or those of a threaded case are well above the committed; where elsewhere the
/// allocations of two steps stand in another order.
pub fn assert_committed(lesson: &Lesson, results: &str) {
    let name = lesson.name;
    let remedy = format!("to renew benches/results/{name}.json: cargo workbook measure {name}");
    let results = read(results);
    let same = results.environment.is_here();

    let cases = lesson.cases();
    let ids: Vec<String> = cases.iter().map(Case::id).collect();
    let committed: Vec<String> = results.cases.iter().map(Figures::id).collect();
    assert_eq!(
        ids, committed,
        "left: the lesson's cases, right: its results; {remedy}"
    );
    let counted: Vec<Counted> = cases
        .iter()
        .zip(&results.cases)
        .filter(|(case, _)| !(case.only_when_optimised && cfg!(debug_assertions)))
        .map(|(case, figures)| Counted {
            figures,
            now: case.heap(),
            threaded: case.threaded,
        })
        .collect();
    for counted in &counted {
        assert!(
            !same || counted.holds(),
            "{}: {:?} now, {:?} committed; {remedy}",
            counted.figures.id(),
            counted.now,
            counted.figures.heap
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

/// A case's committed figures, and today's.
struct Counted<'a> {
    figures: &'a Figures,
    now: Heap,
    threaded: bool,
}

impl Counted<'_> {
    fn holds(&self) -> bool {
        if self.threaded {
            self.now.is_about_within(&self.figures.heap)
        } else {
            self.now == self.figures.heap
        }
    }

    /// Whether it takes fewer allocations than the other in the results, and by more than scheduling can account for.
    fn was_below(&self, other: &Counted) -> bool {
        let (mine, others) = (&self.figures.heap, &other.figures.heap);
        let allocations = Heap {
            allocations: others.allocations,
            ..*mine
        };
        self.figures.competes_with(other.figures)
            && mine.allocations < others.allocations
            && !(self.threaded && allocations.is_about_within(mine))
    }
}

/// Where one step takes fewer allocations than another in the results, it doesn't take more here.
fn assert_order_holds(counted: &[Counted]) {
    for one in counted {
        for other in counted.iter().filter(|other| one.was_below(other)) {
            assert!(
                one.now.allocations <= other.now.allocations,
                "{} takes fewer allocations than {} in the results, but not here",
                one.figures.id(),
                other.figures.id()
            );
        }
    }
}
