//! The most that a test lets a piece of code cost.

use serde::Serialize;

use crate::alone;
use crate::cost::Heap;
use crate::heap::{heap, heap_of_process};
use crate::table::{grouped, table};
use crate::verdict::{Verdict, record};

/// Upper bounds on the heap figures of one exercise. A measure without a bound may cost anything.
///
/// ```
/// use measuring::Budget;
/// measuring::install!();
///
/// const BUDGET: Budget = Budget::of("join_words").allocations(1).bytes(11);
///
/// let text = BUDGET.assert_holds(|| ["hello", "world"].join(" "));
/// assert_eq!(text, "hello world");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
    exercise: &'static str,
    allocations: Option<u64>,
    bytes: Option<u64>,
    peak: Option<u64>,
    live: Option<i64>,
}

impl Budget {
    /// A budget without bounds, for the exercise (or the test) of that name.
    pub const fn of(exercise: &'static str) -> Self {
        Self {
            exercise,
            allocations: None,
            bytes: None,
            peak: None,
            live: None,
        }
    }

    /// At most so many allocations and reallocations.
    pub const fn allocations(self, most: u64) -> Self {
        Self {
            allocations: Some(most),
            ..self
        }
    }

    /// At most so many bytes, every allocation and reallocation added up.
    pub const fn bytes(self, most: u64) -> Self {
        Self {
            bytes: Some(most),
            ..self
        }
    }

    /// At most so many bytes live at any moment.
    pub const fn peak(self, most: u64) -> Self {
        Self {
            peak: Some(most),
            ..self
        }
    }

    /// At most so many bytes still live at the end, the result's own among them.
    pub const fn live(self, most: i64) -> Self {
        Self {
            live: Some(most),
            ..self
        }
    }

    /// The name that the budget was made with.
    pub const fn exercise(&self) -> &'static str {
        self.exercise
    }

    /// The four bounds with their names, in the order of [`Heap::figures`].
    pub fn bounds(&self) -> [(&'static str, Option<i64>); 4] {
        let bound = |most: Option<u64>| most.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
        [
            ("allocations", bound(self.allocations)),
            ("bytes", bound(self.bytes)),
            ("peak", bound(self.peak)),
            ("live", self.live),
        ]
    }

    /// Whether a cost keeps every bound.
    pub fn allows(&self, cost: &Heap) -> bool {
        let pairs = cost.figures().into_iter().zip(self.bounds());
        pairs
            .into_iter()
            .all(|((_, spent), (_, most))| most.is_none_or(|most| spent <= most))
    }

    /// Runs `work` on this thread and returns its result.
    ///
    /// # Panics
    ///
    /// Where the cost breaks a bound, with a table of what was allowed and what was spent; and where the meter isn't
    /// installed.
    #[track_caller]
    pub fn assert_holds<T>(&self, work: impl FnOnce() -> T) -> T {
        let (result, cost) = heap(work);
        self.assert_allows(cost);
        result
    }

    /// Like [`assert_holds`](Budget::assert_holds), with all threads of the process counted: what a thread was given to
    /// do costs as much as what the caller does itself.
    ///
    /// Other tests of the same program must not be counted with it. So the test that calls this is run once more, alone
    /// in a process of its own, where the cost is counted; here `work` just runs.
    ///
    /// # Panics
    ///
    /// Where the test fails when it runs alone (the cost breaks a bound, say); where the meter isn't installed; and
    /// where the calling thread has no test's name. `#[test]` and [`in_time`](crate::in_time) give it one.
    #[track_caller]
    pub fn assert_holds_in_process<T>(&self, work: impl FnOnce() -> T) -> T {
        if !alone::is_alone() {
            alone::run_again();
            return work();
        }
        alone::settle();
        let (result, cost) = heap_of_process(work);
        self.assert_allows(cost);
        result
    }

    /// Judges a cost that was measured before.
    ///
    /// # Panics
    ///
    /// Where the cost breaks a bound.
    #[track_caller]
    pub fn assert_allows(&self, cost: Heap) {
        let within = self.allows(&cost);
        record(&Verdict::Budget {
            budget: *self,
            spent: cost,
            within,
        });
        assert!(within, "{}", self.refusal(&cost));
    }

    fn refusal(&self, cost: &Heap) -> String {
        let name = self.exercise;
        let rows = self.rows(cost);
        let table = table(["", "budget", "spent", "over"], &rows);
        let prints = if self.prints_explain(cost) {
            "\nWhat measured code prints in a test is kept in memory, and counts:\ntake `println!` and `dbg!` out, or \
             run with `-- --nocapture`.\n"
        } else {
            ""
        };
        format!("over budget: {name}\n\n{table}{prints}\nFor a hint: cargo workbook hint {name}\n")
    }

    /// Whether an overrun may come from a few lines that were printed: libtest keeps them in one buffer, which doubles.
    fn prints_explain(&self, cost: &Heap) -> bool {
        const DOUBLINGS: i64 = 8;
        let mut bounds = cost.figures().into_iter().zip(self.bounds());
        let over = bounds.any(|((_, spent), (_, most))| most.is_some_and(|most| spent > most));
        let allocations = self
            .allocations
            .map_or(0, |most| cost.allocations as i64 - most as i64);
        over && allocations <= DOUBLINGS
    }

    /// A row per measure: name, bound, spent, times over.
    pub(crate) fn rows(&self, cost: &Heap) -> Vec<[String; 4]> {
        let row = |((name, spent), (_, most)): ((&str, i64), (&str, Option<i64>))| {
            let bound = most.map_or("-".into(), grouped);
            let over = most.map_or(String::new(), |most| times_over(spent, most));
            [name.to_owned(), bound, grouped(spent), over]
        };
        cost.figures()
            .into_iter()
            .zip(self.bounds())
            .map(row)
            .collect()
    }
}

/// How many times over its bound a figure is, or by how much where that is little; nothing where it keeps it.
fn times_over(spent: i64, most: i64) -> String {
    match (spent > most, most > 0) {
        (false, _) => String::new(),
        (true, false) => "over".to_owned(),
        (true, true) if (spent as f64) < 1.1 * most as f64 => format!("+{}", grouped(spent - most)),
        (true, true) => match spent as f64 / most as f64 {
            times if times < 99.95 => format!("{times:.1}x"),
            times => format!("{}x", grouped(times.round() as i64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Heap = Heap {
        allocations: 1_001,
        bytes: 512_000,
        peak: 100,
        live: 0,
    };

    #[test]
    fn a_bound_is_the_most_that_is_allowed() {
        assert!(
            Budget::of("x")
                .allocations(1_001)
                .bytes(512_000)
                .peak(100)
                .live(0)
                .allows(&COST)
        );
        assert!(!Budget::of("x").allocations(1_000).allows(&COST));
        assert!(!Budget::of("x").bytes(511_999).allows(&COST));
        assert!(!Budget::of("x").peak(99).allows(&COST));
        assert!(!Budget::of("x").live(-1).allows(&COST));
        assert!(Budget::of("x").allows(&COST));
    }

    #[test]
    fn a_refusal_fits_forty_columns_and_says_what_to_run() {
        let refusal = Budget::of("event_log")
            .allocations(1)
            .bytes(8_192)
            .live(0)
            .refusal(&COST);
        let expected = "\
over budget: event_log

             budget    spent    over
allocations       1    1,001  1,001x
bytes         8,192  512,000   62.5x
peak              -      100
live              0        0

For a hint: cargo workbook hint event_log
";
        assert_eq!(refusal, expected);
        assert!(
            refusal
                .lines()
                .filter(|line| !line.starts_with("For"))
                .all(|line| line.len() <= 40)
        );
    }

    #[test]
    fn nothing_is_a_multiple_of_a_budget_of_nothing() {
        assert_eq!(times_over(5, 0), "over");
        assert_eq!(times_over(0, 0), "");
    }

    #[test]
    fn a_small_overrun_is_a_difference() {
        assert_eq!(times_over(51, 50), "+1");
        assert_eq!(times_over(200_512, 200_000), "+512");
        assert_eq!(times_over(56, 50), "1.1x");
    }

    #[test]
    fn a_few_allocations_more_may_be_prints() {
        let cost = |allocations| Heap {
            allocations,
            ..COST
        };
        let hint = "println!";
        assert!(
            Budget::of("x")
                .allocations(0)
                .refusal(&cost(3))
                .contains(hint)
        );
        assert!(Budget::of("x").bytes(1).refusal(&cost(3)).contains(hint));
        assert!(
            !Budget::of("x")
                .allocations(0)
                .refusal(&cost(1_000))
                .contains(hint)
        );
    }
}
