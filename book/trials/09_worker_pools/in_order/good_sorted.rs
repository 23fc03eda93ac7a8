//! Each worker returns numbered results, which are sorted behind the scope.

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
    let queue = Mutex::new(inputs.iter().enumerate());
    let next = || queue.lock().expect("taking an input never panics").next();
    let worker = || {
        let mut state = make();
        std::iter::from_fn(next)
            .map(|(at, input)| (at, work(&mut state, input)))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, O)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.get().min(inputs.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        let mut all = Vec::with_capacity(inputs.len());
        for worker in workers {
            all.extend(
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}
