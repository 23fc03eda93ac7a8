//! Looks for a free place, lets go of the lock, and takes the place a moment later.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

#[derive(Debug, Default, PartialEq)]
struct Outcome {
    done: usize,
    panicked: usize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
    outcome: Outcome,
}

struct Shared {
    queue: Mutex<Queue>,
    places: usize,
    more: Condvar,
    room: Condvar,
}

struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Pool {
    fn start(workers: usize, places: usize) -> Self {
        let queue = Queue {
            jobs: VecDeque::with_capacity(places),
            ..Queue::default()
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            places,
            more: Condvar::new(),
            room: Condvar::new(),
        });
        let workers = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || work(&shared))
            })
            .collect();
        Self { shared, workers }
    }
    fn submit(&self, job: Job) {
        let queue = self.shared.queue.lock().unwrap();
        drop(
            self.shared
                .room
                .wait_while(queue, |queue| queue.jobs.len() >= self.shared.places)
                .unwrap(),
        );
        let mut queue = self.shared.queue.lock().unwrap();
        queue.jobs.push_back(job);
        drop(queue);
        self.shared.more.notify_one();
    }
    fn shutdown(mut self) -> Outcome {
        self.close();
        for worker in std::mem::take(&mut self.workers) {
            worker.join().expect("it outlives its jobs");
        }
        std::mem::take(&mut self.shared.queue.lock().unwrap().outcome)
    }
    fn close(&self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.more.notify_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}

fn work(shared: &Shared) {
    let mut queue = shared.queue.lock().unwrap();
    loop {
        queue = shared
            .more
            .wait_while(queue, |queue| queue.jobs.is_empty() && !queue.closed)
            .unwrap();
        let Some(job) = queue.jobs.pop_front() else {
            return;
        };
        drop(queue);
        shared.room.notify_one();
        let ended = catch_unwind(AssertUnwindSafe(job));
        queue = shared.queue.lock().unwrap();
        match ended {
            Ok(()) => queue.outcome.done += 1,
            Err(_) => queue.outcome.panicked += 1,
        }
    }
}
