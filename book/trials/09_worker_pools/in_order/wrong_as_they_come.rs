//! Results in the order in which the workers are done.

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
    let queue = Mutex::new(inputs.iter());
    let results = Mutex::new(Vec::with_capacity(inputs.len()));
    let worker = || {
        let mut state = make();
        loop {
            let next = queue.lock().expect("no panic").next_back();
            let Some(input) = next else { return };
            let result = work(&mut state, input);
            results.lock().expect("no panic").push(result);
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            scope.spawn(worker);
        }
    });
    results.into_inner().expect("no panic")
}
