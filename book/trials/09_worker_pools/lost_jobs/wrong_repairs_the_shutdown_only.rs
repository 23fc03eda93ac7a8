//! Empties the queue, and still loses a worker to each panic.

#![forbid(unsafe_code)]

use std::thread::{self, JoinHandle};
use crossbeam::channel::{self, Receiver, Sender};

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

    /// Accepts a job, and waits for a place in the queue if need be.
    fn submit(&self, job: Job) {
        self.jobs.send(job).expect("a worker has the other end");
    }

    /// Waits for all jobs that were accepted.
    fn shutdown(self) -> Outcome {
        drop(self.jobs);
        let mut all = Outcome::default();
        for worker in self.workers {
            let outcome = worker.join().unwrap_or_default();
            all.done += outcome.done;
            all.panicked += outcome.panicked;
        }
        all
    }
}

fn work(jobs: &Receiver<Job>) -> Outcome {
    let mut outcome = Outcome::default();
    for job in jobs {
        job();
        outcome.done += 1;
    }
    outcome
}
