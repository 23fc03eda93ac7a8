//! Works it all out on one thread.

use std::num::NonZeroUsize;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("in_order").allocations(128);

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

/// How often each byte occurs on a page: the workspace of [`rarity`].
type Workspace = Vec<u32>;

fn workspace() -> Workspace {
    vec![0; 256]
}

/// A page's rarest byte that occurs in it, which would get the longest code.
fn rarity(counts: &mut Workspace, page: &Vec<u8>) -> Option<u8> {
    counts.fill(0);
    for byte in page {
        counts[usize::from(*byte)] += 1;
    }
    (0..=255)
        .filter(|byte| counts[usize::from(*byte)] > 0)
        .min_by_key(|byte| counts[usize::from(*byte)])
}

/// So many pages, each with one byte that is its own.
fn sample(count: usize) -> Vec<Vec<u8>> {
    let page = |number: usize| vec![b' ', b' ', b'0' + (number % 64) as u8];
    (0..count).map(page).collect()
}

const FOUR: NonZeroUsize = NonZeroUsize::new(4).expect("it is not zero");

/// Shows the allocations of the thread that starts the others; the test counts those of all threads.
fn main() {
    let pages = sample(1_000);
    measuring::show(BUDGET, || map_in_order(FOUR, &pages, workspace, rarity));
}
