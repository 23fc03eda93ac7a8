//! Starts a worker in place of each that a panic took.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
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
            thread::spawn(move || supervise(&jobs))
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

/// Starts one worker after the other, until one of them finds no more jobs.
fn supervise(jobs: &Receiver<Job>) -> Outcome {
    let done = Arc::new(AtomicUsize::new(0));
    let mut panicked = 0;
    loop {
        let (jobs, count) = (jobs.clone(), Arc::clone(&done));
        let worker = thread::spawn(move || {
            for job in jobs {
                job();
                count.fetch_add(1, SeqCst);
            }
        });
        if worker.join().is_ok() {
            let done = done.load(SeqCst);
            return Outcome { done, panicked };
        }
        panicked += 1;
    }
}
