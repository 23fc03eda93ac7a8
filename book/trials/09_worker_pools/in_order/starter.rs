//! An archive packs its pages on several threads. A page alone would be quick, but each needs a workspace, a table
//! that is large and slow to set up. One thread can use its workspace for one page after the other; two can't share
//! it.
//!
//! What is missing is the function in the middle: it maps inputs on so many workers and returns the results in the
//! order of the inputs. Each worker makes its state once, on its own thread, and there are never more workers than
//! inputs. A slow input keeps its worker busy, and the others take what is behind it. Where `work` panics, so does the
//! whole map.
//!
//! | measure, all threads | budget | why                                                                        |
//! |----------------------|--------|----------------------------------------------------------------------------|
//! | allocations               |    128 | four threads, their states and the results need some 20; the rest is yours |

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;

/// Maps the inputs on so many workers, and returns the results in the order of the inputs.
///
/// Each worker calls `make` once. Panics if `work` does.
fn map_in_order<I: Sync, O: Send, S>(
    workers: NonZeroUsize,
    inputs: &[I],
    make: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> O + Sync,
) -> Vec<O> {
    // The workers only borrow the inputs: `std::thread::scope` lets them.
    let _ = (workers, inputs, make, work);
    todo!(
        "start the workers, let each take one input after the other, and put the results in order"
    )
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("in_order").allocations(128);

/// How often each byte occurs on a page: the workspace of [`rarity`].
type Workspace = Vec<u32>;

fn workspace() -> Workspace {
    vec![0; 256]
}

/// A page's rarest byte that occurs in it, which would get the longest code.
fn rarity(counts: &mut Workspace, page: &Vec<u8>) -> Option<u8> {
    counts.fill(0);
    for byte in page {
        counts[usize::from(*byte)] += 1;
    }
    (0..=255)
        .filter(|byte| counts[usize::from(*byte)] > 0)
        .min_by_key(|byte| counts[usize::from(*byte)])
}

/// So many pages, each with one byte that is its own.
fn sample(count: usize) -> Vec<Vec<u8>> {
    let page = |number: usize| vec![b' ', b' ', b'0' + (number % 64) as u8];
    (0..count).map(page).collect()
}

const FOUR: std::num::NonZeroUsize = std::num::NonZeroUsize::new(4).expect("it is not zero");

/// Shows the allocations of the thread that starts the others; the test counts those of all threads.
fn main() {
    let pages = sample(1_000);
    measuring::show(BUDGET, || map_in_order(FOUR, &pages, workspace, rarity));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::num::NonZeroUsize;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::rc::Rc;
    use std::sync::{Condvar, Mutex};
    use std::thread::{self, ThreadId};
    use std::time::Duration;

    /// Far longer than any of this takes; what would wait for good fails after it.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Threads that wait until so many are done, or here.
    #[derive(Default)]
    struct Count(Mutex<usize>, Condvar);

    impl Count {
        fn add(&self) {
            *self.0.lock().unwrap() += 1;
            self.1.notify_all();
        }

        fn get(&self) -> usize {
            *self.0.lock().unwrap()
        }

        fn reaches(&self, count: usize) -> bool {
            let now = self.0.lock().unwrap();
            let waited = self.1.wait_timeout_while(now, PATIENCE, |now| *now < count);
            !waited.unwrap().1.timed_out()
        }
    }

    fn workers(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_are_in_the_order_of_the_inputs() {
        for count in [0, 1, 3, 4, 5, 1_000] {
            let inputs: Vec<usize> = (0..count).collect();
            let texts = map_in_order(FOUR, &inputs, || (), |(), input| input.to_string());
            let expected: Vec<String> = inputs.iter().map(usize::to_string).collect();
            assert_eq!(texts, expected);
        }
    }

    #[test]
    fn each_input_is_worked_on_once() {
        let calls = Count::default();
        let ones = map_in_order(FOUR, &[(); 500], || (), |(), ()| calls.add());
        assert_eq!((ones.len(), calls.get()), (500, 500));
    }

    #[test]
    fn one_worker_is_enough() {
        let numbers = map_in_order(
            workers(1),
            &[1, 2, 3],
            || 0,
            |sum, number| {
                *sum += number;
                *sum
            },
        );
        assert_eq!(numbers, [1, 3, 6]);
    }

    #[test]
    fn each_worker_makes_its_state_once_and_keeps_it() {
        let (made, inside) = (Count::default(), Count::default());
        let make = || {
            made.add();
            // Of no use to another thread, as the compiler knows.
            Rc::new(thread::current().id())
        };
        let on_its_thread: Vec<(bool, ThreadId)> =
            map_in_order(FOUR, &[(); 500], make, |state, ()| {
                inside.add();
                inside.reaches(4);
                (**state == thread::current().id(), **state)
            });
        assert!(on_its_thread.iter().all(|(own, _)| *own));
        assert_eq!(made.get(), 4, "states were made");
        let met: std::collections::HashSet<_> = on_its_thread.iter().map(|(_, id)| id).collect();
        assert_eq!(met.len(), 4, "workers took part");
    }

    #[test]
    fn there_are_no_more_workers_than_inputs() {
        for count in [0, 1, 3] {
            let made = Count::default();
            map_in_order(workers(8), &vec![(); count], || made.add(), |_, ()| ());
            assert!(
                made.get() <= count,
                "{} states for {count} inputs",
                made.get()
            );
        }
    }

    #[test]
    fn a_slow_input_holds_up_no_other() {
        for slow in [0, 50, 99] {
            let others = Count::default();
            let inputs: Vec<usize> = (0..100).collect();
            let free = map_in_order(
                workers(2),
                &inputs,
                || (),
                |(), input| {
                    if *input == slow {
                        return others.reaches(99);
                    }
                    others.add();
                    true
                },
            );
            assert_eq!(free, [true; 100], "some waited behind input {slow}");
        }
    }

    #[test]
    fn a_panic_is_passed_on() {
        for broken in [0, 7, 99] {
            let inputs: Vec<usize> = (0..100).collect();
            let work = |(): &mut (), input: &usize| {
                if *input == broken {
                    // A panic without the message that it would print.
                    resume_unwind(Box::new("broken"));
                }
            };
            let map = || map_in_order(FOUR, &inputs, || (), work);
            assert!(catch_unwind(AssertUnwindSafe(map)).is_err());
            assert_eq!(map_in_order(FOUR, &[100], || (), work), [()]);
        }
    }

    #[test]
    fn a_thousand_pages_stay_in_budget() {
        measuring::alone("tests::a_thousand_pages_stay_in_budget", || {
            let pages = sample(1_000);
            let rarest = BUDGET.assert_holds_in_process(|| {
                map_in_order(FOUR, black_box(&pages), workspace, rarity)
            });
            assert!(
                rarest
                    .iter()
                    .zip(&pages)
                    .all(|(byte, page)| *byte == Some(page[2]))
            );
        });
    }
}
