//! Each pool starts eight more threads, which have nothing to do and never end.

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
        let _idle: Vec<JoinHandle<()>> = (0..8)
            .map(|_| thread::spawn(|| thread::park_timeout(std::time::Duration::from_secs(3_600))))
            .collect();
        Self {
            jobs: sender,
            workers,
        }
    }

    /// Accepts a job, and waits for a place in the queue if need be.
    fn submit(&self, job: Job) {
        self.jobs.send(job).expect("a worker has the other end");
    }

    /// Waits for all jobs that were accepted.
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
