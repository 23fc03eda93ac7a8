//! Two threads count, and what they count in shares a cache line, or doesn't.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use crossbeam::utils::CachePadded;

/// How much each of how many threads counts.
pub struct Counting {
    /// Threads that count at the same time.
    pub threads: usize,
    /// Additions by each.
    pub additions: u64,
}

impl Counting {
    fn on_each_thread(&self, count: impl Fn(usize) + Sync) {
        let count = &count;
        thread::scope(|scope| {
            for thread in 0..self.threads {
                scope.spawn(move || count(thread));
            }
        });
    }
}

fn add(counter: &AtomicU64, additions: u64) {
    for _ in 0..additions {
        counter.fetch_add(1, Relaxed);
    }
}

// ANCHOR: one_counter
/// All count in one place.
pub fn one_counter(counting: &Counting) -> u64 {
    let counter = AtomicU64::new(0);
    counting.on_each_thread(|_| add(&counter, counting.additions));
    counter.into_inner()
}
// ANCHOR_END: one_counter

// ANCHOR: neighbours
/// Each counts in a place of its own, next to the others.
pub fn neighbours(counting: &Counting) -> u64 {
    let counters: Vec<AtomicU64> = (0..counting.threads).map(|_| AtomicU64::new(0)).collect();
    counting.on_each_thread(|thread| add(&counters[thread], counting.additions));
    counters.into_iter().map(AtomicU64::into_inner).sum()
}
// ANCHOR_END: neighbours

// ANCHOR: padded
/// Each counts in a place of its own, on a cache line of its own.
pub fn padded(counting: &Counting) -> u64 {
    let counters: Vec<CachePadded<AtomicU64>> =
        (0..counting.threads).map(|_| Default::default()).collect();
    counting.on_each_thread(|thread| add(&counters[thread], counting.additions));
    let totals = counters.into_iter().map(|counter| counter.load(Relaxed));
    totals.sum()
}
// ANCHOR_END: padded

// ANCHOR: added_once
/// Each counts in a register, and adds that to the common counter once.
pub fn added_once(counting: &Counting) -> u64 {
    let counter = AtomicU64::new(0);
    counting.on_each_thread(|_| {
        let mut mine = 0;
        for _ in 0..counting.additions {
            mine += black_box(1);
        }
        counter.fetch_add(mine, Relaxed);
    });
    counter.into_inner()
}
// ANCHOR_END: added_once
