//! Catches panics, and still leaves jobs in the queue.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use crossbeam::channel::{self, Receiver, Sender};

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
            let job = std::panic::AssertUnwindSafe(job);
            match std::panic::catch_unwind(job) {
                Ok(()) => shared.done.fetch_add(1, SeqCst),
                Err(_) => shared.panicked.fetch_add(1, SeqCst),
            };
        }
    }
}
