//! Counting the living: how many values of a kind there are.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts the values that it tracks: how many are alive, and how many there ever were.
///
/// A heap figure says that something was left behind. A census says what. It works where no meter is installed, in a
/// service that runs for weeks, and a clone of it counts the same values.
///
/// ```
/// use leak_avoidance::Census;
///
/// let sessions = Census::of("sessions");
/// let one = sessions.track("Ada");
/// let other = sessions.track("Grace");
/// assert_eq!((sessions.alive(), sessions.total()), (2, 2));
///
/// drop(one);
/// std::mem::forget(other); // never dropped, so it counts as alive for ever
/// assert_eq!((sessions.alive(), sessions.total()), (1, 2));
/// ```
#[derive(Clone)]
pub struct Census(Arc<Counts>);

struct Counts {
    name: &'static str,
    alive: AtomicUsize,
    total: AtomicU64,
}

impl Census {
    /// A census of nothing yet. The name is what reports call these values.
    pub fn of(name: &'static str) -> Self {
        Self(Arc::new(Counts {
            name,
            alive: AtomicUsize::new(0),
            total: AtomicU64::new(0),
        }))
    }

    /// Counts a value from now until it is dropped. Takes no allocation: a [`Tracked`] is the value and a pointer.
    pub fn track<T>(&self, value: T) -> Tracked<T> {
        self.0.alive.fetch_add(1, Ordering::Relaxed);
        self.0.total.fetch_add(1, Ordering::Relaxed);
        Tracked {
            value,
            entry: Entry(self.clone()),
        }
    }

    /// How many tracked values haven't been dropped. Whoever reads 0 after the last `track` also sees all that the
    /// values' destructors did, on whichever thread.
    pub fn alive(&self) -> usize {
        self.0.alive.load(Ordering::Acquire)
    }

    /// How many values were ever tracked. A test that asks for 0 alive should ask for more than 0 here, or it may
    /// have tracked nothing.
    pub fn total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }

    /// The name that it was made with.
    pub fn name(&self) -> &'static str {
        self.0.name
    }
}

impl fmt::Debug for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Census")
            .field("name", &self.name())
            .field("alive", &self.alive())
            .field("total", &self.total())
            .finish()
    }
}

/// A value that its [`Census`] counts until it is dropped: at the end of its scope, by a panic, or with the task that
/// owned it.
// ANCHOR: tracked
pub struct Tracked<T> {
    // Fields are dropped in this order: a value is counted until its own
    // destructor is through.
    value: T,
    entry: Entry,
}

/// Holds one place in the census.
struct Entry(Census);

impl Drop for Entry {
    fn drop(&mut self) {
        // Release: what the value's destructor did happens before an `alive`
        // that no longer counts it.
        self.0.0.alive.fetch_sub(1, Ordering::Release);
    }
}
// ANCHOR_END: tracked

impl<T> Tracked<T> {
    /// Takes the value out; from now on it isn't counted.
    pub fn into_inner(self) -> T {
        let Self { value, entry } = self;
        drop(entry);
        value
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// A clone is one more value, and is counted as one.
impl<T: Clone> Clone for Tracked<T> {
    fn clone(&self) -> Self {
        self.entry.0.track(self.value.clone())
    }
}

impl<T: fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Mutex;
    use std::thread;

    use super::*;

    #[test]
    fn a_value_counts_from_track_to_drop() {
        let census = Census::of("numbers");
        let mut number = census.track(1);
        *number += 1;
        let other = number.clone();
        assert_eq!((census.alive(), census.total(), *other), (2, 2, 2));
        assert_eq!(number.into_inner(), 2);
        assert_eq!((census.alive(), census.total()), (1, 2));
        drop(other);
        assert_eq!((census.alive(), census.total()), (0, 2));
    }

    #[test]
    fn a_destructor_that_panics_is_the_end_of_its_value_too() {
        struct Fussy;
        impl Drop for Fussy {
            fn drop(&mut self) {
                panic!("on purpose");
            }
        }
        let census = Census::of("fussy values");
        let value = census.track(Fussy);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(value))).is_err());
        assert_eq!(census.alive(), 0);
    }

    /// The destructor sees itself counted, so nobody can read 0 while it still runs.
    #[test]
    fn a_value_is_counted_until_its_destructor_is_through() {
        struct Witness(Census, Arc<Mutex<Vec<usize>>>);
        impl Drop for Witness {
            fn drop(&mut self) {
                self.1.lock().unwrap().push(self.0.alive());
            }
        }
        let census = Census::of("witnesses");
        let seen = Arc::new(Mutex::new(Vec::new()));
        drop(census.track(Witness(census.clone(), seen.clone())));
        assert_eq!(*seen.lock().unwrap(), [1]);
        assert_eq!(census.alive(), 0);
    }

    #[test]
    fn threads_count_together() {
        let census = Census::of("numbers");
        let kept: Vec<Tracked<usize>> = thread::scope(|scope| {
            let worker = |worker: usize| {
                let census = &census;
                scope.spawn(move || {
                    let numbers = (0..10_000).map(|number| census.track(number));
                    let kept: Vec<_> = numbers.filter(|number| **number % 100 == worker).collect();
                    kept
                })
            };
            let workers: Vec<_> = (0..4).map(worker).collect();
            let kept = workers.into_iter().map(|worker| worker.join().unwrap());
            kept.flatten().collect()
        });
        assert_eq!((census.alive(), census.total()), (400, 40_000));
        thread::scope(|scope| {
            scope.spawn(|| drop(kept));
        });
        assert_eq!(census.alive(), 0);
    }
}
