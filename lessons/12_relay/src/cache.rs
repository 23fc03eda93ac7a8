//! Remembers what would cost more to find again, each kind in a fixed number of bytes.
//!
//! [`Recent`] answers a duplicate before its signature is checked. [`Events`] answers queries without decoding what
//! they find. [`Queries`] answers those that were asked before without looking for anything. None of them is ever stale: what could be is not there.
//!
//! The writer keeps them so. After each commit, before it acknowledges anything and before it begins the next batch,
//! it hands `Commit::removed` to each cache's `remove`.

mod events;
mod kinds;
mod queries;
mod recent;
#[cfg(test)]
mod tests;

pub use events::{Cached, Events, Known};
pub use queries::{Answer, Asked, Queries, Recording};
pub use recent::Recent;

use std::ops::AddAssign;

/// What a cache holds and what use it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many things are in it.
    pub entries: usize,
    /// What it takes, in bytes of heap.
    pub bytes: usize,
    /// What it may take.
    pub budget: usize,
    /// How often it had what was looked for.
    pub hits: u64,
    /// How often it hadn't.
    pub misses: u64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.bytes += other.bytes;
        self.budget += other.budget;
        self.hits += other.hits;
        self.misses += other.misses;
    }
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
