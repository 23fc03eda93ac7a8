//! A share of the inputs for each worker: a slow input holds up its share.

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
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
    let (make, work) = (&make, &work);
    let share = inputs.len().div_ceil(workers.get()).max(1);
    let worker = |inputs| {
        move || {
            let mut state = make();
            let result = |input| work(&mut state, input);
            let results: Vec<O> = <[I]>::iter(inputs).map(result).collect();
            results
        }
    };
    thread::scope(|scope| {
        let shares = inputs.chunks(share);
        let shares: Vec<_> = shares.map(|inputs| scope.spawn(worker(inputs))).collect();
        let results = |share: thread::ScopedJoinHandle<Vec<O>>| share.join().expect("no panic");
        shares.into_iter().flat_map(results).collect()
    })
}
