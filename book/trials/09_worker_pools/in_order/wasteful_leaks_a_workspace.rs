//! Never drops the workers' states.

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;
fn map_in_order<I: Sync, O: Send, S>(
    workers: NonZeroUsize,
    inputs: &[I],
    make: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> O + Sync,
) -> Vec<O> {
    let mut results: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
    let queue = Mutex::new(inputs.iter().zip(&mut results));
    let next = || queue.lock().expect("taking an input never panics").next();
    let worker = || {
        let mut state = make();
        while let Some((input, result)) = next() {
            *result = Some(work(&mut state, input));
        }
    };
    let count = workers.get().min(inputs.len());
    let worker = || {
        let mut state = std::mem::ManuallyDrop::new(make());
        while let Some((input, result)) = next() {
            *result = Some(work(&mut state, input));
        }
    };
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(worker);
        }
    });
    let result = |result: Option<O>| result.expect("the scope has waited for all");
    results.into_iter().map(result).collect()
}
