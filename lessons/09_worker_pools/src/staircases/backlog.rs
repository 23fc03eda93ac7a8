//! A burst of events while the worker is stuck, as on a slow disk: what piles up in the queue?

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use crossbeam::channel;

use crate::{Config, Pool, TrySubmitError};

/// Places in the bounded queue.
pub const QUEUE: usize = 64;
/// Bytes of an event.
pub const EVENT: usize = 1_024;

/// So many events at once.
pub struct Burst(pub usize);

impl Burst {
    fn events(&self) -> impl Iterator<Item = Vec<u8>> {
        (0..self.0).map(|number| vec![number as u8; EVENT])
    }
}

fn digest(event: &[u8]) -> u64 {
    event.iter().copied().map(u64::from).sum()
}

// ANCHOR: unbounded
/// A channel without a bound: sending never waits.
pub fn unbounded(burst: &Burst) -> u64 {
    let (queue, events) = channel::unbounded::<Vec<u8>>();
    let (unstick, stuck) = channel::bounded::<()>(1);
    let worker = thread::spawn(move || {
        let _ = stuck.recv();
        events.iter().map(|event| digest(&event)).sum()
    });
    for event in burst.events() {
        queue.send(event).expect("the worker listens");
    }
    drop(queue);
    drop(unstick);
    worker.join().expect("the worker doesn't panic")
}
// ANCHOR_END: unbounded

// ANCHOR: bounded
/// A pool with a bounded queue: when it is full, submitting waits.
pub fn bounded(burst: &Burst) -> u64 {
    let total = Arc::new(AtomicU64::new(0));
    let (unstick, stuck) = channel::bounded::<()>(1);
    let config = Config::named("events").workers(1).queue(QUEUE);
    let sum = total.clone();
    let work = move |(): &mut (), event: Vec<u8>| {
        let _ = stuck.recv();
        sum.fetch_add(digest(&event), Relaxed);
    };
    let pool = Pool::start(config, || (), work).expect("a thread can start");
    let mut unstick = Some(unstick);
    for event in burst.events() {
        if let Err(TrySubmitError::Full(event)) = pool.try_submit(event) {
            // As far as it gets while the worker is stuck. From here on, it waits for the worker.
            unstick = None;
            pool.submit(event).expect("the pool is open");
        }
    }
    drop(unstick);
    pool.shutdown();
    total.load(Relaxed)
}
// ANCHOR_END: bounded
