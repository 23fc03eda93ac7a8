//! Only `shutdown` ends the workers: those of a pool that is dropped wait for ever.

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
    jobs: Sender<Option<Job>>,
    workers: Vec<JoinHandle<Outcome>>,
}

impl Pool {
    /// Starts so many threads, with so many places for jobs that wait.
    fn start(workers: usize, places: usize) -> Self {
        let (sender, jobs) = channel::bounded(places);
        let start = |_| {
            let (jobs, _keep): (Receiver<Option<Job>>, _) = (jobs.clone(), sender.clone());
            thread::spawn(move || {
                let _keep = _keep;
                work(&jobs)
            })
        };
        let workers = (0..workers).map(start).collect();
        Self {
            jobs: sender,
            workers,
        }
    }

    /// Accepts a job, and waits for a place in the queue if need be.
    fn submit(&self, job: Job) {
        self.jobs
            .send(Some(job))
            .expect("a worker has the other end");
    }

    /// Waits for all jobs that were accepted.
    fn shutdown(self) -> Outcome {
        for _ in &self.workers {
            let _ = self.jobs.send(None);
        }
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
fn work(jobs: &Receiver<Option<Job>>) -> Outcome {
    let mut outcome = Outcome::default();
    while let Ok(Some(job)) = jobs.recv() {
        match catch_unwind(AssertUnwindSafe(job)) {
            Ok(()) => outcome.done += 1,
            Err(_) => outcome.panicked += 1,
        }
    }
    outcome
}
