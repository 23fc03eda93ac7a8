//! Works it all out on one thread.

#![forbid(unsafe_code)]

use std::num::NonZeroUsize;

/// Maps the inputs on so many workers, and returns the results in the order of the inputs.
///
/// Each worker calls `make` once. Panics if `work` does.
fn map_in_order<I: Sync, O: Send, S>(
    workers: NonZeroUsize,
    inputs: &[I],
    make: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> O + Sync,
) -> Vec<O> {
    let _ = workers;
    let mut state = None;
    let result = |input| work(state.get_or_insert_with(&make), input);
    inputs.iter().map(result).collect()
}
