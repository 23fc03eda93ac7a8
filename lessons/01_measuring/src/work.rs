//! Work that is counted rather than timed: comparisons, hashes and clones of keys.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::table::grouped;
use crate::verdict::{Verdict, record};

/// What was done with [`Counted`] keys on this thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Comparisons: `==`, `<` and the like.
    pub comparisons: u64,
    /// Hashes taken.
    pub hashes: u64,
    /// Clones made.
    pub clones: u64,
}

thread_local! {
    static WORK: Cell<Work> = const {
        Cell::new(Work { comparisons: 0, hashes: 0, clones: 0 })
    };
}

fn count(one_more: impl FnOnce(&mut Work)) {
    let mut work = WORK.get();
    one_more(&mut work);
    WORK.set(work);
}

/// Counts what `run` does with [`Counted`] keys on this thread. It nests.
///
/// ```
/// use measuring::{Counted, work};
///
/// let keys: Vec<_> = (0..1_000).map(Counted).collect();
/// let (found, linear) = work(|| keys.iter().position(|key| *key == Counted(999)));
/// assert_eq!((found, linear.comparisons), (Some(999), 1_000));
/// let (found, halving) = work(|| keys.binary_search(&Counted(999)));
/// assert!(found.is_ok() && halving.comparisons <= 11);
/// ```
pub fn work<T>(run: impl FnOnce() -> T) -> (T, Work) {
    let before = WORK.get();
    let result = run();
    let after = WORK.get();
    let done = Work {
        comparisons: after.comparisons - before.comparisons,
        hashes: after.hashes - before.hashes,
        clones: after.clones - before.clones,
    };
    (result, done)
}

/// Holds work that was counted against the most that is allowed: comparisons, hashes, steps, copies, calls.
///
/// ```
/// use measuring::{Counted, assert_work, work};
///
/// let keys: Vec<_> = (0..1_000).map(Counted).collect();
/// let (_, spent) = work(|| keys.binary_search(&Counted(7)));
/// assert_work("comparisons of one look-up among 1,000", spent.comparisons, 11);
/// ```
///
/// # Panics
///
/// Where it is more.
#[track_caller]
pub fn assert_work(what: &str, spent: u64, most: u64) {
    let within = spent <= most;
    record(&Verdict::Work {
        what,
        most,
        spent,
        within,
    });
    let grouped = |count: u64| grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let (allowed, counted) = (grouped(most), grouped(spent));
    assert!(
        within,
        "too much work: {what}: {allowed} allowed, {counted} done"
    );
}

/// A key that counts what is done with it. Otherwise it is like the key itself: it hashes and compares as that does, and
/// takes as many bytes.
pub struct Counted<K: ?Sized>(pub K);

impl<K: Clone> Clone for Counted<K> {
    fn clone(&self) -> Self {
        count(|work| work.clones += 1);
        Self(self.0.clone())
    }
}

impl<K: PartialEq + ?Sized> PartialEq for Counted<K> {
    fn eq(&self, other: &Self) -> bool {
        count(|work| work.comparisons += 1);
        self.0 == other.0
    }
}

impl<K: Eq + ?Sized> Eq for Counted<K> {}

impl<K: PartialOrd + ?Sized> PartialOrd for Counted<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        count(|work| work.comparisons += 1);
        self.0.partial_cmp(&other.0)
    }
}

impl<K: Ord + ?Sized> Ord for Counted<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        count(|work| work.comparisons += 1);
        self.0.cmp(&other.0)
    }
}

impl<K: Hash + ?Sized> Hash for Counted<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        count(|work| work.hashes += 1);
        self.0.hash(state);
    }
}

impl<K: fmt::Debug + ?Sized> fmt::Debug for Counted<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
