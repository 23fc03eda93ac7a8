//! The same work on several threads at once: what a benchmark on one thread can't see.
//!
//! `cargo run --release -p measuring --example parallel` times these.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// A counter that has its cache line to itself. 128 bytes, because some processors fetch lines in pairs.
#[derive(Default)]
#[repr(align(128))]
struct OwnLine(AtomicU64);

/// Every thread counts in the same place.
pub fn one_counter(threads: usize, rounds: u64) -> (u64, Duration) {
    let counter = AtomicU64::new(0);
    let time = in_parallel(threads, |_| count(&counter, rounds));
    (counter.into_inner(), time)
}

/// Every thread counts in a place of its own, next to the others': different variables on the same cache line.
pub fn neighbours(threads: usize, rounds: u64) -> (u64, Duration) {
    let counters: Vec<AtomicU64> = (0..threads).map(|_| AtomicU64::new(0)).collect();
    let time = in_parallel(threads, |thread| count(&counters[thread], rounds));
    (counters.into_iter().map(AtomicU64::into_inner).sum(), time)
}

/// Every thread counts in a place of its own, on a cache line of its own.
pub fn own_lines(threads: usize, rounds: u64) -> (u64, Duration) {
    let counters: Vec<OwnLine> = (0..threads).map(|_| OwnLine::default()).collect();
    let time = in_parallel(threads, |thread| count(&counters[thread].0, rounds));
    let total = counters.into_iter().map(|line| line.0.into_inner()).sum();
    (total, time)
}

fn count(counter: &AtomicU64, rounds: u64) {
    for _ in 0..rounds {
        counter.fetch_add(1, Relaxed);
    }
}

// ANCHOR: in_parallel
/// Runs `work` on several threads that start at the same moment, and says how long the slowest took. Starting the
/// threads is setup, and isn't timed.
pub fn in_parallel(threads: usize, work: impl Fn(usize) + Sync) -> Duration {
    let start = Barrier::new(threads);
    let (start, work) = (&start, &work);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    start.wait();
                    let begin = Instant::now();
                    work(thread);
                    begin.elapsed()
                })
            })
            .collect();
        let times = running.into_iter().map(|thread| match thread.join() {
            Ok(time) => time,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        times.max().unwrap_or_default()
    })
}
// ANCHOR_END: in_parallel
