//! Counts in two steps: two workers that load the same number work on the same input.

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
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    let results: Vec<Mutex<Option<O>>> = inputs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            scope.spawn(|| {
                let mut state = make();
                loop {
                    let at = next.load(SeqCst);
                    let Some(input) = inputs.get(at) else { return };
                    next.store(at + 1, SeqCst);
                    let result = work(&mut state, input);
                    *results[at].lock().unwrap() = Some(result);
                }
            });
        }
    });
    results
        .into_iter()
        .map(|result| result.into_inner().unwrap().expect("the scope has waited"))
        .collect()
}
