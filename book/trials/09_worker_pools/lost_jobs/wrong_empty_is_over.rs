//! Waits until the queue is empty, and not for the jobs that run.

#![forbid(unsafe_code)]

use crossbeam::channel::{self, Receiver, Sender};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}

struct Pool {
    jobs: Sender<Job>,
    counts: Arc<[AtomicUsize; 2]>,
}

impl Pool {
    fn start(workers: usize, places: usize) -> Self {
        let (sender, jobs) = channel::bounded(places);
        let counts: Arc<[AtomicUsize; 2]> = Arc::default();
        for _ in 0..workers {
            let (jobs, counts): (Receiver<Job>, _) = (jobs.clone(), Arc::clone(&counts));
            thread::spawn(move || {
                for job in jobs {
                    let panicked = catch_unwind(AssertUnwindSafe(job)).is_err();
                    counts[usize::from(panicked)].fetch_add(1, SeqCst);
                }
            });
        }
        Self {
            jobs: sender,
            counts,
        }
    }
    fn submit(&self, job: Job) {
        self.jobs.send(job).expect("a worker has the other end");
    }
    fn shutdown(self) -> Outcome {
        while !self.jobs.is_empty() {
            thread::yield_now();
        }
        thread::sleep(std::time::Duration::from_millis(50));
        Outcome {
            done: self.counts[0].load(SeqCst),
            panicked: self.counts[1].load(SeqCst),
        }
    }
}
