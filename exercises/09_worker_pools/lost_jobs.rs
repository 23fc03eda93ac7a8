//! An online shop sends its letters in the background: each is a job for a pool of threads, and they wait in a queue
//! of bounded size. Customers complain about two things, and both are in here.
//!
//! After each release, some letters never arrive. `shutdown` tells the workers to stop, and they do so at once, while
//! jobs that were accepted are still in the queue. And every few weeks the shop hangs. A letter that can't be
//! rendered panics and ends its worker. With the last one gone, nobody empties the queue: `submit` waits for good.
//!
//! `shutdown` shall wait for all that was accepted and say what became of it. A panic shall end its job, no more.
//!
//! | measure, all threads        | budget | why                                                          |
//! |-----------------------------|--------|--------------------------------------------------------------|
//! | allocations, 200 jobs that panic |    720 | a box for the job, two for its panic; no thread in its place |

#![forbid(unsafe_code)]

use crossbeam::channel::{self, Receiver, Sender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// What became of the jobs that were accepted.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}

struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: (Sender<Job>, Receiver<Job>),
    stopped: AtomicBool,
    done: AtomicUsize,
    panicked: AtomicUsize,
}

impl Pool {
    /// Starts so many threads, with so many places for jobs that wait.
    fn start(workers: usize, places: usize) -> Self {
        let shared = Arc::new(Shared {
            queue: channel::bounded(places),
            stopped: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            panicked: AtomicUsize::new(0),
        });
        let start = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || work(&shared))
        };
        let workers = (0..workers).map(start).collect();
        Self { shared, workers }
    }

    /// Accepts a job, and waits for a place in the queue if need be.
    fn submit(&self, job: Job) {
        let sender = &self.shared.queue.0;
        sender.send(job).expect("a worker has the other end");
    }

    /// Waits for all jobs that were accepted.
    fn shutdown(self) -> Outcome {
        // TODO: how does a worker find out that no more jobs come, and that none is left?
        self.shared.stopped.store(true, SeqCst);
        let workers = self.workers.into_iter();
        workers.for_each(|worker| drop(worker.join()));
        Outcome {
            done: self.shared.done.load(SeqCst),
            panicked: self.shared.panicked.load(SeqCst),
        }
    }
}

fn work(shared: &Shared) {
    let (_, jobs) = &shared.queue;
    while !shared.stopped.load(SeqCst) {
        if let Ok(job) = jobs.recv_timeout(Duration::from_millis(10)) {
            // TODO: a panic must end this job only, and be counted.
            job();
            shared.done.fetch_add(1, SeqCst);
        }
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("lost_jobs").allocations(720);

fn main() {
    measuring::show(BUDGET, || {
        let pool = Pool::start(2, 16);
        let letter = |number: u32| -> Job { Box::new(move || assert_ne!(number, 1_000)) };
        (0..200).for_each(|number| pool.submit(letter(number)));
        pool.shutdown().done
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::resume_unwind;
    use std::sync::{Arc, atomic::AtomicUsize, atomic::Ordering::SeqCst, mpsc};
    use std::thread;
    use std::time::Duration;

    /// Far longer than any of this takes; what would wait for good fails after it.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Runs a test on a thread of its own, so that it fails where it would hang.
    fn in_time(test: impl FnOnce() + Send + 'static) {
        let (done, end) = mpsc::channel();
        // Under the test's name, which goes into its budget's verdict.
        let name = thread::current().name().unwrap_or("test").to_owned();
        let test = thread::Builder::new().name(name).spawn(move || {
            test();
            let _ = done.send(());
        });
        match end.recv_timeout(PATIENCE) {
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
            _ => test.unwrap().join().unwrap(),
        }
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

    #[test]
    fn an_idle_pool_shuts_down() {
        in_time(|| assert_eq!(Pool::start(3, 8).shutdown(), Outcome::default()));
    }

    #[test]
    fn jobs_run_at_the_same_time() {
        in_time(|| {
            let pool = Pool::start(2, 8);
            let (ping, pinged) = mpsc::channel();
            let (pong, ponged) = mpsc::channel();
            let (said, says) = mpsc::channel();
            pool.submit(Box::new(move || {
                pinged.recv_timeout(PATIENCE).unwrap();
                pong.send(()).unwrap();
            }));
            pool.submit(Box::new(move || {
                ping.send(()).unwrap();
                let _ = said.send(ponged.recv_timeout(PATIENCE).is_ok());
            }));
            assert_eq!(says.recv_timeout(PATIENCE), Ok(true));
            pool.shutdown();
        });
    }

    #[test]
    fn submit_waits_for_a_place() {
        in_time(|| {
            let pool = Arc::new(Pool::start(1, 4));
            let (entered, enters) = mpsc::channel();
            let (go_on, told) = mpsc::channel::<()>();
            pool.submit(Box::new(move || {
                entered.send(()).unwrap();
                let _ = told.recv();
            }));
            enters.recv_timeout(PATIENCE).expect("the worker begins");
            let (accepted, accepts) = mpsc::channel();
            let submitter = Arc::clone(&pool);
            let submits = thread::spawn(move || {
                for number in 0..20 {
                    submitter.submit(Box::new(|| {}));
                    accepted.send(number).unwrap();
                }
            });
            for number in 0..4 {
                assert_eq!(accepts.recv_timeout(PATIENCE), Ok(number));
            }
            // The worker is busy and the queue full. The wait gives a queue without a bound the time to show it.
            let more = accepts.recv_timeout(Duration::from_millis(200)).is_ok();
            assert!(!more, "a fifth job was accepted, with four places");
            drop(go_on);
            submits.join().unwrap();
        });
    }

    #[test]
    fn shutdown_waits_for_what_was_accepted() {
        in_time(|| {
            let count = Arc::new(AtomicUsize::new(0));
            let pool = Pool::start(2, 200);
            // The queue is full of jobs when `shutdown` is called: both workers are busy for a while.
            for _ in 0..2 {
                let (never, waits) = mpsc::channel::<()>();
                pool.submit(Box::new(move || {
                    let _ = waits.recv_timeout(Duration::from_millis(300));
                    drop(never);
                }));
            }
            (0..100).for_each(|_| pool.submit(counting(&count)));
            let outcome = pool.shutdown();
            assert_eq!(count.load(SeqCst), 100);
            assert_eq!((outcome.done, outcome.panicked), (102, 0));
        });
    }

    #[test]
    fn a_panic_ends_its_job_only() {
        in_time(|| {
            let pool = Pool::start(1, 4);
            pool.submit(broken());
            let (answer, answers) = mpsc::channel();
            pool.submit(Box::new(move || answer.send("still here").unwrap()));
            assert_eq!(answers.recv_timeout(PATIENCE), Ok("still here"));
        });
    }

    #[test]
    fn panics_are_counted_and_nobody_waits_for_good() {
        in_time(|| {
            let count = Arc::new(AtomicUsize::new(0));
            let pool = Pool::start(2, 4);
            for _ in 0..50 {
                pool.submit(broken());
                pool.submit(counting(&count));
            }
            let (done, panicked) = (50, 50);
            assert_eq!(pool.shutdown(), Outcome { done, panicked });
            assert_eq!(count.load(SeqCst), 50);
        });
    }

    #[test]
    fn two_hundred_panics_stay_in_budget() {
        measuring::alone("tests::two_hundred_panics_stay_in_budget", || {
            in_time(|| {
                let outcome = BUDGET.assert_holds_in_process(|| {
                    let pool = Pool::start(2, 16);
                    for letter in 0..200_u32 {
                        pool.submit(Box::new(move || resume_unwind(Box::new(letter))));
                    }
                    pool.shutdown()
                });
                assert_eq!(outcome.panicked, 200);
            });
        });
    }
}
