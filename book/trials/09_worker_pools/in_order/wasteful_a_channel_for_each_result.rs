//! Each input gets a channel that its result comes back on.

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Mutex, mpsc};
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
    let (senders, receivers): (Vec<_>, Vec<_>) = inputs.iter().map(|_| mpsc::channel()).unzip();
    let queue = Mutex::new(inputs.iter().zip(senders));
    let worker = || {
        let mut state = make();
        loop {
            let next = queue.lock().expect("no panic").next();
            let Some((input, answer)) = next else { return };
            let _ = answer.send(work(&mut state, input));
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            scope.spawn(worker);
        }
    });
    let result = |answer: mpsc::Receiver<O>| answer.recv().expect("all have answered");
    receivers.into_iter().map(result).collect()
}
