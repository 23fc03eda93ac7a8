//! What to forget when a cache is full: four policies of ours and a crate's, over the same requests.

mod clear_half;
mod clock;
mod crate_cache;
mod lru;
mod sieve;
mod slots;
mod workload;

pub use clear_half::ClearHalf;
pub use clock::Clock;
pub use crate_cache::QuickCache;
pub use lru::Lru;
pub use sieve::Sieve;
pub use workload::Workload;

use std::collections::{BTreeSet, HashMap};

use crate::{FixedSeed, Id, two_way};

/// A cache of at most so many ids, each found by its number.
pub trait Policy {
    /// A cache with room for so many, one at least.
    fn with_room(entries: usize) -> Self;

    /// What the cache holds for a key.
    fn get(&mut self, key: u64) -> Option<Id>;

    /// Adds a key that the cache doesn't hold. Where it is full, it forgets another.
    fn insert(&mut self, key: u64, id: Id);
}

// ANCHOR: serve
/// Answers every request, from the cache or from the store, and keeps what came from the store.
fn serve<P: Policy>(cache: &mut P, workload: &Workload) -> Served {
    let mut served = Served::default();
    for key in &workload.requests {
        let id = match cache.get(*key) {
            Some(id) => {
                served.hits += 1;
                id
            }
            None => {
                let id = read_from_store(*key);
                cache.insert(*key, id);
                id
            }
        };
        served.checksum = served
            .checksum
            .wrapping_add(u64::from(id[31]))
            .rotate_left(1);
    }
    served
}
// ANCHOR_END: serve

/// Stands for a store. A real one takes microseconds, which is why there is a cache.
fn read_from_store(key: u64) -> Id {
    two_way::id(key as u32)
}

#[derive(Default)]
struct Served {
    hits: usize,
    /// Says whether the answers were right.
    checksum: u64,
}

/// How many of the requests a cache with so much room answers.
pub fn hits<P: Policy>(entries: usize, workload: &Workload) -> usize {
    serve(&mut P::with_room(entries), workload).hits
}

/// How many of the requests a cache with so much room could answer if it knew those to come: it forgets what is asked
/// for again last (Belady's rule). No policy does better.
pub fn best_hits(entries: usize, workload: &Workload) -> usize {
    const NEVER: usize = usize::MAX;
    let mut next_use = HashMap::<u64, usize, FixedSeed>::default();
    let mut uses = vec![NEVER; workload.requests.len()];
    for (at, key) in workload.requests.iter().enumerate().rev() {
        uses[at] = next_use.insert(*key, at).unwrap_or(NEVER);
    }
    // An entry is due where it is asked for next, so that place stands for it.
    let mut due = BTreeSet::new();
    let mut hits = 0;
    for (at, next) in uses.into_iter().enumerate() {
        hits += usize::from(due.remove(&at));
        if next != NEVER {
            due.insert(next);
        }
        if due.len() > entries {
            due.pop_last();
        }
    }
    hits
}

/// Serves the workload, and gives a checksum over all answers.
pub fn checksum<P: Policy>(workload: &Workload) -> u64 {
    serve(&mut P::with_room(workload.room), workload).checksum
}

/// Forgets half of everything.
pub fn clear_half(workload: &Workload) -> u64 {
    checksum::<ClearHalf>(workload)
}

/// Forgets what wasn't asked for the longest.
pub fn lru(workload: &Workload) -> u64 {
    checksum::<Lru>(workload)
}

/// Forgets the next that wasn't asked for since the hand last passed.
pub fn clock(workload: &Workload) -> u64 {
    checksum::<Clock>(workload)
}

/// The same, with newcomers all on one side.
pub fn sieve(workload: &Workload) -> u64 {
    checksum::<Sieve>(workload)
}

/// The crate `quick_cache`.
pub fn quick_cache(workload: &Workload) -> u64 {
    checksum::<QuickCache>(workload)
}
