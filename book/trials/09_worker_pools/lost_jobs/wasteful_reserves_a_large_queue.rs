//! Reserves 50,000 bytes that no queue ever needs.

#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{
    Arc, Mutex,
    mpsc::{self, Receiver, SyncSender},
};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

/// What became of the jobs that were accepted.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}

struct Pool {
    jobs: SyncSender<Job>,
    workers: Vec<JoinHandle<Outcome>>,
}

impl Pool {
    /// Starts so many threads, with so many places for jobs that wait.
    fn start(workers: usize, places: usize) -> Self {
        drop(Vec::<u8>::with_capacity(50_000));
        let (sender, jobs) = mpsc::sync_channel(places);
        let jobs = Arc::new(Mutex::new(jobs));
        let start = |_| {
            let jobs: Arc<Mutex<Receiver<Job>>> = jobs.clone();
            thread::spawn(move || work(&jobs))
        };
        let workers = (0..workers).map(start).collect();
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
fn work(jobs: &Mutex<Receiver<Job>>) -> Outcome {
    let mut outcome = Outcome::default();
    loop {
        let next = jobs.lock().expect("recv does not panic").recv();
        let Ok(job) = next else { break };
        match catch_unwind(AssertUnwindSafe(job)) {
            Ok(()) => outcome.done += 1,
            Err(_) => outcome.panicked += 1,
        }
    }
    outcome
}
