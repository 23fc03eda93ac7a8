//! An online shop sends its letters in the background: each is a job for a pool of threads.
//!
//! The workers hold receivers alone, and the pool holds the only sender. `shutdown` drops it, or
//! the drop of the pool does. Then each worker's loop ends once the queue is empty. `catch_unwind`
//! ends a panic with its job. A worker counts in variables of its own, and `join` hands them over.

#![forbid(unsafe_code)]

use crossbeam::channel::{self, Receiver, Sender};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

/// What became of the jobs that were accepted.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}

struct Pool {
    jobs: Sender<Job>,
    workers: Vec<JoinHandle<Outcome>>,
}

impl Pool {
    /// Starts so many threads, with so many places for jobs that wait.
    fn start(workers: usize, places: usize) -> Self {
        let (sender, jobs) = channel::bounded(places);
        let start = |_| {
            let jobs: Receiver<Job> = jobs.clone();
            thread::spawn(move || work(&jobs))
        };
        let workers = (0..workers).map(start).collect();
        Self {
            jobs: sender,
            workers,
        }
    }

    /// Accepts a job, and waits for a place if `places` jobs wait.
    fn submit(&self, job: Job) {
        self.jobs.send(job).expect("a worker has the other end");
    }

    /// Waits for every accepted job.
    fn shutdown(self) -> Outcome {
        drop(self.jobs);
        let mut all = Outcome::default();
        for worker in self.workers {
            let outcome = worker.join().expect("a worker outlives its jobs");
            all.done += outcome.done;
            all.panicked += outcome.panicked;
        }
        all
    }
}

/// Runs jobs until no more can come and none is left.
fn work(jobs: &Receiver<Job>) -> Outcome {
    let mut outcome = Outcome::default();
    for job in jobs {
        match catch_unwind(AssertUnwindSafe(job)) {
            Ok(()) => outcome.done += 1,
            Err(_) => outcome.panicked += 1,
        }
    }
    outcome
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Of the whole process: the workers' allocations count too.
const BUDGET: measuring::Budget = measuring::Budget::of("lost_jobs")
    .allocations(720)
    .peak(30_720);

/// Two hundred letters, none of which can be rendered.
fn a_bad_batch() -> Outcome {
    let pool = Pool::start(2, 256);
    for letter in 0..200_u32 {
        // A panic without the message that it would print.
        pool.submit(Box::new(move || {
            std::panic::resume_unwind(Box::new([letter; 16]))
        }));
    }
    pool.shutdown()
}

/// Shows the allocations of this thread; the tests count those of all threads.
fn main() {
    measuring::show(BUDGET, || a_bad_batch().panicked);
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::cell::RefCell;
    use std::panic::resume_unwind;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
    use std::sync::mpsc::{self, Sender};
    use std::sync::{Arc, Barrier};
    use std::thread;
    use std::time::{Duration, Instant};

    /// Far longer than any of this takes.
    const PATIENCE: Duration = Duration::from_secs(1);

    fn outcome(done: usize, panicked: usize) -> Outcome {
        Outcome { done, panicked }
    }

    /// Panics, without the message that a panic would print.
    fn broken() -> Job {
        Box::new(|| resume_unwind(Box::new(())))
    }

    fn counting(count: &Arc<AtomicUsize>) -> Job {
        let count = Arc::clone(count);
        Box::new(move || {
            count.fetch_add(1, SeqCst);
        })
    }

    fn sleeping(milliseconds: u64) -> Job {
        Box::new(move || thread::sleep(Duration::from_millis(milliseconds)))
    }

    /// What `shutdown` returns, within six seconds. Once it has not, no other test waits as long.
    fn shutdown(pool: Pool) -> Outcome {
        static HANGS: AtomicBool = AtomicBool::new(false);
        let (end, ends) = mpsc::channel();
        thread::spawn(move || end.send(pool.shutdown()));
        let patience = if HANGS.load(SeqCst) { 1 } else { 6 };
        let came = ends.recv_timeout(patience * PATIENCE);
        HANGS.fetch_or(came.is_err(), SeqCst);
        assert!(came.is_ok(), "shutdown didn't return within {patience} s");
        came.unwrap_or_default()
    }

    /// What says so when the thread ends whose local it is.
    struct Ending(Sender<&'static str>);

    impl Drop for Ending {
        fn drop(&mut self) {
            let _ = self.0.send("its thread ended");
        }
    }

    thread_local!(static ENDING: RefCell<Option<Ending>> = const { RefCell::new(None) });

    #[measuring::test]
    fn an_idle_pool_shuts_down() {
        for workers in [1, 3] {
            awaiting("shutdown, of a pool that has just started");
            let came = shutdown(Pool::start(workers, 8));
            assert_gives("shutdown of a new pool", &came, &outcome(0, 0));
            awaiting("shutdown, of a pool whose workers wait for jobs");
            let pool = Pool::start(workers, 8);
            thread::sleep(Duration::from_millis(50));
            assert_gives("shutdown of an idle pool", &shutdown(pool), &outcome(0, 0));
        }
    }

    #[measuring::test]
    fn jobs_run_at_the_same_time() {
        awaiting("shutdown, with jobs that meet within a second");
        let pool = Pool::start(3, 8);
        for turn in 0..3 {
            // By now all workers wait for jobs.
            thread::sleep(Duration::from_millis(30));
            let here = Arc::new(AtomicUsize::new(0));
            let (met, meets) = mpsc::channel();
            for _ in 0..3 {
                let (here, met) = (Arc::clone(&here), met.clone());
                pool.submit(Box::new(move || {
                    here.fetch_add(1, SeqCst);
                    let start = Instant::now();
                    while here.load(SeqCst) < 3 && start.elapsed() < PATIENCE {
                        thread::yield_now();
                    }
                    let _ = met.send(here.load(SeqCst));
                }));
            }
            let came = meets.recv_timeout(2 * PATIENCE);
            let what =
                format_args!("turn {turn}: jobs of 3 that run at the same time on 3 workers");
            assert_gives(what, &came, &Ok(3));
        }
        shutdown(pool);
    }

    #[measuring::test]
    fn submit_waits_for_a_place() {
        for places in [1, 4, 4] {
            awaiting("submit, with free places");
            let pool = Arc::new(Pool::start(1, places));
            let (entered, enters) = mpsc::channel();
            let (go_on, told) = mpsc::channel::<()>();
            pool.submit(Box::new(move || {
                let _ = entered.send(());
                let _ = told.recv_timeout(3 * PATIENCE);
            }));
            let began = enters.recv_timeout(PATIENCE).is_ok();
            assert!(began, "the first job didn't begin within a second");
            let (accepted, accepts) = mpsc::channel();
            for _ in 0..12 {
                let (pool, accepted) = (Arc::clone(&pool), accepted.clone());
                thread::spawn(move || {
                    pool.submit(Box::new(|| {}));
                    let _ = accepted.send(());
                });
            }
            let soon = || accepts.recv_timeout(Duration::from_millis(200)).is_ok();
            let came = (0..12).take_while(|_| soon()).count();
            let what = format_args!("jobs accepted while a job runs, with {places} places");
            assert_gives(what, &came, &places);
            drop(go_on);
            let in_time = || accepts.recv_timeout(PATIENCE).is_ok();
            let came = (places..12).take_while(|_| in_time()).count();
            let what = "submits that return of those that waited, once the worker goes on";
            assert_gives(what, &came, &(12 - places));
        }
    }

    /// Several threads submit as fast as they can. Each job looks how many are accepted.
    #[measuring::test]
    fn many_threads_dont_overfill_the_queue() {
        awaiting("submit, with several threads that submit");
        for (threads, places, milliseconds) in [(8, 1, 800), (4, 4, 800)] {
            let pool = Pool::start(1, places);
            let (accepted, began, most) = (counter(), counter(), counter());
            let over = AtomicBool::new(false);
            let job = || -> Job {
                let (accepted, began, most) = (accepted.clone(), began.clone(), most.clone());
                Box::new(move || {
                    let began = began.fetch_add(1, SeqCst) + 1;
                    // Time to take a place that isn't free.
                    (0..30).for_each(|_| std::hint::spin_loop());
                    thread::yield_now();
                    // A job counts as accepted a moment after it is, so this is never too many.
                    most.fetch_max(accepted.load(SeqCst).saturating_sub(began), SeqCst);
                })
            };
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        while !over.load(SeqCst) && most.load(SeqCst) <= places {
                            pool.submit(job());
                            accepted.fetch_add(1, SeqCst);
                        }
                    });
                }
                thread::sleep(Duration::from_millis(milliseconds));
                over.store(true, SeqCst);
            });
            let came = shutdown(pool);
            let most = most.load(SeqCst);
            let what = format_args!("{most} jobs waited, with {places} places");
            assert!(most <= places, "{what}, and {threads} threads that submit");
            let accepted = accepted.load(SeqCst);
            let what = format_args!("shutdown, after {accepted} jobs");
            assert_gives(what, &came, &outcome(accepted, 0));
        }
    }

    /// Eight threads fill a large queue while the worker is busy; again and again. One that is
    /// interrupted between its look and its push comes back when the queue is full.
    #[measuring::test]
    fn a_large_queue_isnt_overfilled() {
        awaiting("submit, with eight threads that submit, once the worker goes on");
        const PLACES: usize = 10_000;
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(2_500) {
            let pool = Pool::start(1, PLACES);
            let (returned, most) = (counter(), counter());
            let (count, waiting) = (Arc::clone(&returned), Arc::clone(&most));
            let (entered, enters) = mpsc::channel();
            pool.submit(Box::new(move || {
                let _ = entered.send(());
                while count.load(SeqCst) < PLACES {
                    thread::sleep(Duration::from_micros(200));
                }
                thread::sleep(Duration::from_millis(5));
                waiting.store(count.load(SeqCst), SeqCst);
            }));
            let began = enters.recv_timeout(PATIENCE).is_ok();
            assert!(began, "the first job didn't begin within a second");
            let begin = Barrier::new(8);
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        begin.wait();
                        while returned.load(SeqCst) < PLACES {
                            pool.submit(Box::new(|| {}));
                            returned.fetch_add(1, SeqCst);
                        }
                    });
                }
            });
            let accepted = returned.load(SeqCst) + 1;
            let what = format_args!("shutdown, after {accepted} jobs");
            assert_gives(what, &shutdown(pool), &outcome(accepted, 0));
            let what = "jobs accepted while a job runs, with 10,000 places";
            assert_gives(what, &most.load(SeqCst), &PLACES);
        }
    }

    fn counter() -> Arc<AtomicUsize> {
        Arc::default()
    }

    #[measuring::test]
    fn shutdown_waits_for_what_was_accepted() {
        awaiting("shutdown, with a hundred jobs in the queue");
        let count = Arc::new(AtomicUsize::new(0));
        let pool = Pool::start(2, 200);
        // Both workers are busy for a while when `shutdown` is called.
        (0..2).for_each(|_| pool.submit(sleeping(200)));
        (0..100).for_each(|_| pool.submit(counting(&count)));
        let came = shutdown(pool);
        assert_gives(
            "shutdown, with 100 jobs behind 2 slow ones",
            &came,
            &outcome(102, 0),
        );
        assert_gives("jobs that ran", &count.load(SeqCst), &100);
    }

    #[measuring::test]
    fn shutdown_waits_for_the_slowest_job() {
        awaiting("shutdown, with a job of 1.2 s");
        let pool = Pool::start(2, 8);
        // Behind the slow one the queue is empty, and the other worker has nothing to do.
        (0..3).for_each(|_| pool.submit(sleeping(1)));
        pool.submit(sleeping(1_200));
        let came = shutdown(pool);
        assert_gives("shutdown, with a job of 1.2 s", &came, &outcome(4, 0));
    }

    /// Again and again, at all moments: a worker that looked before it began to wait hears of the
    /// end too.
    #[measuring::test]
    fn shutdown_reaches_a_worker_that_begins_to_wait() {
        awaiting("shutdown, of a pool whose only job has just ended");
        let (start, mut turn) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(1) {
            let pool = Pool::start(1, 1);
            let done = Arc::new(AtomicUsize::new(0));
            pool.submit(counting(&done));
            until(|| done.load(SeqCst) == 1);
            pause(turn % 128);
            assert_gives("shutdown after a job", &pool.shutdown(), &outcome(1, 0));
            turn += 1;
        }
    }

    /// A queue of one place, a job at a time: no wake-up may be lost.
    #[measuring::test]
    fn a_job_reaches_a_worker_that_begins_to_wait() {
        awaiting("submit, of one job after the other");
        let pool = Pool::start(1, 1);
        let done = Arc::new(AtomicUsize::new(0));
        let (start, mut turn) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_millis(500) {
            awaiting("submit, of one job after the other");
            pool.submit(counting(&done));
            turn += 1;
            awaiting("the job that was submitted last");
            until(|| done.load(SeqCst) == turn);
            pause(turn % 128);
        }
        awaiting("shutdown, of an idle pool");
        assert_gives("shutdown", &shutdown(pool), &outcome(turn, 0));
    }

    /// A few nanoseconds per step.
    fn pause(steps: usize) {
        for step in 0..steps {
            std::hint::black_box(step);
        }
    }

    /// Waits for a moment that is near, without sleep.
    fn until(reached: impl Fn() -> bool) {
        for turn in 1.. {
            if reached() {
                return;
            }
            std::hint::spin_loop();
            if turn % 500 == 0 {
                thread::yield_now();
            }
        }
    }

    #[measuring::test]
    fn a_panic_ends_its_job_only() {
        awaiting("submit, with free places");
        let pool = Pool::start(1, 4);
        let (say, says) = mpsc::channel();
        let ending = Ending(say.clone());
        pool.submit(Box::new(move || {
            ENDING.set(Some(ending));
            resume_unwind(Box::new(()));
        }));
        pool.submit(Box::new(move || say.send("the next job ran").unwrap()));
        let mut came = says.recv_timeout(PATIENCE);
        if came == Ok("its thread ended") {
            // Another worker may have taken its place.
            came = says.recv_timeout(PATIENCE / 3).or(came);
        }
        assert_gives("after a job that panicked", &came, &Ok("the next job ran"));
    }

    #[measuring::test]
    fn panics_are_counted() {
        awaiting("submit, with a free place for each job");
        for (workers, jobs) in [(1, 10), (2, 500), (4, 2_000)] {
            let count = counter();
            let pool = Pool::start(workers, jobs);
            for number in 0..jobs {
                pool.submit(if number % 2 == 0 {
                    broken()
                } else {
                    counting(&count)
                });
            }
            let came = shutdown(pool);
            let what = format_args!("shutdown, after {jobs} jobs of which half panic");
            assert_gives(what, &came, &outcome(jobs / 2, jobs / 2));
            assert_gives(
                "jobs that ran to their end",
                &count.load(SeqCst),
                &(jobs / 2),
            );
        }
    }

    /// Four workers empty a full queue, again and again: two that count at once lose no job.
    #[measuring::test]
    fn every_job_is_counted_once() {
        awaiting("submit, with a free place for each job");
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1_600) {
            let jobs = 10_000;
            let pool = Pool::start(4, jobs);
            let begin = Arc::new(AtomicBool::new(false));
            for _ in 0..4 {
                let begin = Arc::clone(&begin);
                pool.submit(Box::new(move || until(|| begin.load(SeqCst))));
            }
            (4..jobs).for_each(|_| pool.submit(Box::new(|| {})));
            begin.store(true, SeqCst);
            let what = format_args!("shutdown, after {jobs} jobs on 4 workers");
            assert_gives(what, &shutdown(pool), &outcome(jobs, 0));
        }
    }

    #[measuring::test]
    fn a_pool_that_is_dropped_ends_its_threads() {
        awaiting("the drop of a pool");
        let pool = Pool::start(2, 4);
        let (say, says) = mpsc::channel();
        let both = Arc::new(Barrier::new(3));
        for _ in 0..2 {
            let (ending, both) = (Ending(say.clone()), Arc::clone(&both));
            pool.submit(Box::new(move || {
                ENDING.set(Some(ending));
                both.wait();
            }));
        }
        awaiting("two jobs that meet on two workers");
        both.wait();
        awaiting("the drop of a pool");
        drop(pool);
        let end = Instant::now() + PATIENCE;
        let in_time = || says.recv_timeout(end.saturating_duration_since(Instant::now()));
        let came = (0..2).take_while(|_| in_time().is_ok()).count();
        assert_gives(
            "threads of 2 that end within a second of the pool's drop",
            &came,
            &2,
        );
    }

    #[measuring::test]
    fn two_hundred_panics_stay_in_budget() {
        awaiting("submit or shutdown, with a free place for each job");
        let came = BUDGET.live(1_024).assert_holds_in_process(|| {
            let outcome = a_bad_batch();
            ended();
            outcome
        });
        assert_gives("shutdown, after 200 panics", &came, &outcome(0, 200));
    }

    #[measuring::test]
    fn twenty_idle_pools_stay_in_budget() {
        awaiting("shutdown, of an idle pool");
        let budget = Budget::of("lost_jobs").allocations(20 * 14).live(1_024);
        budget.assert_holds_in_process(|| {
            for _ in 0..20 {
                Pool::start(2, 16).shutdown();
            }
            ended();
        });
    }

    /// A thread that is joined frees the last of what it holds a moment later.
    fn ended() {
        thread::sleep(Duration::from_millis(50));
    }
}
