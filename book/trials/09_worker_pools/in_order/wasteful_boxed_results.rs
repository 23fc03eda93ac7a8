//! A box for each place, locked one by one.

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
    let results: Vec<Box<Mutex<Option<O>>>> = inputs.iter().map(|_| Box::default()).collect();
    let queue = Mutex::new(inputs.iter().zip(&results));
    // The guard is gone when `next` returns, so nobody works with the queue locked.
    let next = || queue.lock().expect("taking an input never panics").next();
    let worker = || {
        let mut state = make();
        while let Some((input, result)) = next() {
            let output = work(&mut state, input);
            *result.lock().expect("no panic") = Some(output);
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            scope.spawn(worker);
        }
    });
    let result = |result: Box<Mutex<Option<O>>>| {
        let result = result.into_inner().expect("no panic");
        result.expect("the scope has waited for all")
    };
    results.into_iter().map(result).collect()
}
