//! A counter says which input is next; a channel of std brings numbered results back.

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
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut results: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            let sender = sender.clone();
            let (next, make, work) = (&next, &make, &work);
            scope.spawn(move || {
                let mut state = make();
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(input) = inputs.get(at) else { return };
                    let _ = sender.send((at, work(&mut state, input)));
                }
            });
        }
        drop(sender);
        for (at, result) in receiver {
            results[at] = Some(result);
        }
    });
    results.into_iter().map(|it| it.expect("done")).collect()
}
