//! An archive packs its pages on several threads. Each thread needs a workspace, a table that is
//! large and slow to set up. A thread can use its workspace for one page after the other.
//!
//! Write the function in the middle: it maps inputs on so many workers and returns the results in
//! the order of the inputs. On two workers, `[3, 5]` with a `work` that doubles gives `[6, 10]`.
//! Each worker calls `make` once, on its own thread, and there are never more workers than inputs.
//! A slow input keeps its worker busy, and the others take all other inputs. If `work` panics, so
//! does the map. std or crossbeam will do.
//!
//! | all threads counted          | budget | why                                                |
//! |------------------------------|--------|----------------------------------------------------|
//! | allocations, 1,000 pages     |    128 | four threads and their states cost about 18        |
//! | peak, 1,000 pages            | 65,536 | the results, four workspaces, and a queue if need be |
//! | live, 1,000 pages            |  4,096 | the results are dropped; nothing else is kept      |
//! | allocations, 20 times 8 pages |    540 | 27 per map: four threads, their states, two channels |
//! | peak, 20 times 8 pages       | 10,240 | four workspaces of 1,024 bytes and as much again   |
//! | live, 20 times 8 pages       |  1,024 | nothing is kept                                    |

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
    // TODO: the workers only borrow `inputs`, `make` and `work`.
    let _ = (workers, inputs, make, work);
    todo!(
        "start the workers, let each take one input after the other, and put the results in order"
    )
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Of the whole process: a worker's allocations count as much as the caller's.
const BUDGET: measuring::Budget = measuring::Budget::of("in_order")
    .allocations(128)
    .peak(65_536);

/// How often each byte occurs on a page: the workspace of [`rarity`].
type Workspace = Vec<u32>;

fn workspace() -> Workspace {
    vec![0; 256]
}

/// The rarest byte of those on a page, which would get the longest code. `None` for an empty page.
fn rarity(counts: &mut Workspace, page: &Vec<u8>) -> Option<u8> {
    counts.fill(0);
    for byte in page {
        counts[usize::from(*byte)] += 1;
    }
    (0..=255)
        .filter(|byte| counts[usize::from(*byte)] > 0)
        .min_by_key(|byte| counts[usize::from(*byte)])
}

/// Pages of different lengths. On most, one byte occurs once; every thirteenth is empty.
fn sample(count: usize) -> Vec<Vec<u8>> {
    let page = |number: usize| match number % 13 {
        12 => vec![],
        spaces => [vec![b' '; spaces + 2], vec![b'0' + (number % 64) as u8]].concat(),
    };
    (0..count).map(page).collect()
}

const FOUR: std::num::NonZeroUsize = std::num::NonZeroUsize::new(4).expect("it is not zero");

/// Shows the allocations of this thread; the tests count those of all threads.
fn main() {
    let pages = sample(1_000);
    measuring::show(BUDGET, || map_in_order(FOUR, &pages, workspace, rarity));
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::collections::HashSet;
    use std::hint::black_box;
    use std::num::NonZeroUsize;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::rc::Rc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
    use std::sync::{Condvar, Mutex};
    use std::thread::{self, ThreadId};
    use std::time::{Duration, Instant};

    /// Far longer than any of this takes.
    const PATIENCE: Duration = Duration::from_secs(2);

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

    #[measuring::test]
    fn results_are_in_the_order_of_the_inputs() {
        awaiting("map_in_order, of numbers that are printed");
        for count in [0, 1, 2, 3, 4, 5, 8, 9, 100, 1_000, 70_000] {
            for threads in [1, 2, 4, 7] {
                let inputs: Vec<usize> = (0..count).collect();
                let print = |(): &mut (), input: &usize| input.to_string();
                let texts = map_in_order(workers(threads), &inputs, || (), print);
                let expected: Vec<String> = inputs.iter().map(usize::to_string).collect();
                let what = format_args!("numbers 0 to {count} on {threads} workers");
                assert_gives(what, &texts, &expected);
            }
        }
    }

    /// Many inputs, again and again: two workers that take the same one meet sooner or later.
    #[measuring::test]
    fn each_input_is_worked_on_once() {
        awaiting("map_in_order, of many inputs");
        let (start, mut inputs) = (Instant::now(), vec![7_u8; 16_000]);
        while start.elapsed() < Duration::from_millis(1_800) {
            let (began, count) = (Instant::now(), inputs.len());
            let (made, calls) = (AtomicUsize::new(0), <[Calls; 16]>::default());
            let make = || {
                let number = made.fetch_add(1, SeqCst);
                meet(&made);
                number
            };
            let call = |number: &mut usize, input: &u8| {
                calls[*number % 16].0.fetch_add(1, Relaxed);
                *input
            };
            let results = map_in_order(FOUR, &inputs, make, call);
            let calls: usize = calls.into_iter().map(|calls| calls.0.into_inner()).sum();
            assert_gives(
                format_args!("calls of work for {count} inputs"),
                &calls,
                &count,
            );
            assert!(
                results == inputs,
                "results of {count} inputs that are all 7 aren't"
            );
            if count < 1_000_000 && began.elapsed() < Duration::from_millis(250) {
                inputs.resize(count * 4, 7);
            }
        }
    }

    /// A worker's calls. On a cache line of its own, so that workers don't wait for each other there.
    #[derive(Default)]
    #[repr(align(128))]
    struct Calls(AtomicUsize);

    /// Goes on when four threads are here, at the latest after a twentieth of a second.
    fn meet(threads: &AtomicUsize) {
        let start = Instant::now();
        while threads.load(SeqCst) < 4 && start.elapsed() < Duration::from_millis(50) {
            thread::yield_now();
        }
    }

    #[measuring::test]
    fn each_worker_makes_its_state_once_and_keeps_it() {
        awaiting("map_in_order, of 500 inputs, the first four of which meet");
        let (made, inside) = (Count::default(), Count::default());
        let make = || {
            made.add();
            // Of no use to another thread, as the compiler knows.
            Rc::new(thread::current().id())
        };
        let work = |state: &mut Rc<ThreadId>, (): &()| {
            inside.add();
            let met = inside.get() > 4 || inside.reaches(4);
            (met, **state == thread::current().id(), **state)
        };
        let results = map_in_order(FOUR, &[(); 500], make, work);
        let all_met = results.iter().all(|(met, ..)| *met);
        assert!(
            all_met,
            "an input waited 2 s for three others to be worked on with it"
        );
        let own = results.iter().all(|(_, own, _)| *own);
        assert!(own, "a worker had a state that another thread made");
        assert_gives("states that 4 workers made", &made.get(), &4);
        let met: HashSet<_> = results.iter().map(|(.., id)| id).collect();
        assert_gives("workers that took part", &met.len(), &4);
    }

    #[measuring::test]
    fn there_are_no_more_workers_than_inputs() {
        awaiting("map_in_order, of fewer inputs than workers");
        for count in [0, 1, 3] {
            let made = Count::default();
            map_in_order(workers(100), &vec![(); count], || made.add(), |_, ()| ());
            let made = made.get();
            assert!(
                made <= count,
                "100 workers, {count} inputs: {made} states were made"
            );
        }
    }

    #[measuring::test]
    fn a_slow_input_holds_up_no_other() {
        awaiting("map_in_order, where one input waits for all others");
        for slow in [0, 1, 50, 98, 99] {
            let others = Count::default();
            let inputs: Vec<usize> = (0..100).collect();
            let work = |(): &mut (), input: &usize| {
                if *input == slow {
                    return others.reaches(99);
                }
                others.add();
                true
            };
            let free = map_in_order(workers(2), &inputs, || (), work);
            let waited = free != [true; 100];
            assert!(
                !waited,
                "some of 100 inputs waited behind input {slow}, which was slow"
            );
        }
    }

    #[measuring::test]
    fn a_panic_is_passed_on() {
        awaiting("map_in_order, one of whose inputs panics");
        let inputs: Vec<usize> = (0..100).collect();
        for threads in [4, 1] {
            for broken in [0, 7, 99] {
                let work = |(): &mut (), input: &usize| {
                    if *input == broken {
                        // A panic without the message that it would print.
                        resume_unwind(Box::new("broken"));
                    }
                };
                let quiet = map_in_order(workers(threads), &[100], || (), work);
                assert_gives("results of a map without a panic", &quiet.len(), &1);
                let map = || map_in_order(workers(threads), &inputs, || (), work);
                let came = catch_unwind(AssertUnwindSafe(map));
                assert!(came.is_err(), "input {broken} panicked, and the map didn't");
            }
        }
    }

    #[measuring::test]
    fn a_thousand_pages_stay_in_budget() {
        awaiting("map_in_order, of 1,000 pages");
        let pages = sample(1_000);
        BUDGET.live(4_096).assert_holds_in_process(|| {
            drop(map_in_order(FOUR, black_box(&pages), workspace, rarity));
            ended();
        });
    }

    #[measuring::test]
    fn twenty_times_eight_pages_stay_in_budget() {
        awaiting("map_in_order, of 8 pages");
        let pages = sample(8);
        let budget = Budget::of("in_order")
            .allocations(20 * 27)
            .peak(10_240)
            .live(1_024);
        budget.assert_holds_in_process(|| {
            for _ in 0..20 {
                drop(map_in_order(FOUR, black_box(&pages), workspace, rarity));
            }
            ended();
        });
    }

    /// A scope ends a moment before its threads do. What they hold is freed after that.
    fn ended() {
        thread::sleep(Duration::from_millis(50));
    }
}
