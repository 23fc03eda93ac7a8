//! Two channels of crossbeam; the caller feeds the one and empties the other.

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
    let (jobs, queue) = crossbeam::channel::unbounded();
    let (answers, results) = crossbeam::channel::unbounded();
    let mut all: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..workers.get().min(inputs.len()) {
            let (queue, answers, make, work) = (queue.clone(), answers.clone(), &make, &work);
            scope.spawn(move || {
                let mut state = make();
                for (at, input) in queue {
                    let _ = answers.send((at, work(&mut state, input)));
                }
            });
        }
        drop((queue, answers));
        for job in inputs.iter().enumerate() {
            let _ = jobs.send(job);
        }
        drop(jobs);
        for (at, result) in results {
            all[at] = Some(result);
        }
    });
    all.into_iter()
        .map(|result| result.expect("all are done"))
        .collect()
}
