//! Reserves space for a million more results.

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

/// Maps the inputs on so many workers, and returns the results in the order of the inputs.
///
/// Each worker calls `make` once. Panics if `work` does.
fn map_in_order<I: Sync, O: Send, S>(
    workers: NonZeroUsize,
    inputs: &[I],
    make: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> O + Sync,
) -> Vec<O> {
    let mut results: Vec<Option<O>> = Vec::with_capacity(inputs.len() + 1_000_000);
    results.extend(inputs.iter().map(|_| None));
    let queue = Mutex::new(inputs.iter().zip(&mut results));
    // The guard is gone when `next` returns, so nobody works with the queue locked.
    let next = || queue.lock().expect("taking an input never panics").next();
    let worker = || {
        let mut state = make();
        while let Some((input, result)) = next() {
            *result = Some(work(&mut state, input));
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            scope.spawn(worker);
        }
    });
    let result = |result: Option<O>| result.expect("the scope has waited for all");
    results.into_iter().map(result).collect()
}
