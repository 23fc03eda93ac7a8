//! Reads a count and writes it back: two workers count one job.

#![forbid(unsafe_code)]

use crossbeam::channel::{self, Receiver, Sender};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
type Job = Box<dyn FnOnce() + Send>;
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}
struct Pool {
    jobs: Sender<Option<Job>>,
    workers: Vec<JoinHandle<()>>,
    counts: Arc<[AtomicUsize; 2]>,
}
impl Pool {
    fn start(workers: usize, places: usize) -> Self {
        let (sender, jobs) = channel::bounded(places);
        let counts: Arc<[AtomicUsize; 2]> = Arc::default();
        let start = |_| {
            let (jobs, counts): (Receiver<Option<Job>>, _) = (jobs.clone(), Arc::clone(&counts));
            thread::spawn(move || {
                while let Ok(Some(job)) = jobs.recv() {
                    let panicked = catch_unwind(AssertUnwindSafe(job)).is_err();
                    let count = &counts[usize::from(panicked)];
                    count.store(count.load(Relaxed) + 1, Relaxed);
                }
            })
        };
        let workers = (0..workers).map(start).collect();
        Self {
            jobs: sender,
            workers,
            counts,
        }
    }
    fn submit(&self, job: Job) {
        self.jobs
            .send(Some(job))
            .expect("a worker has the other end");
    }
    fn shutdown(self) -> Outcome {
        for _ in &self.workers {
            let _ = self.jobs.send(None);
        }
        for worker in self.workers {
            worker.join().expect("a worker outlives its jobs");
        }
        let [done, panicked] = [0, 1].map(|at| self.counts[at].load(Relaxed));
        Outcome { done, panicked }
    }
}
