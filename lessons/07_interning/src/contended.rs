//! Threads that meet the same names again and again.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::repeated::Names;
use crate::{FixedSeed, Interner, Limits, SharedInterner, Symbol};

/// The names that every thread goes through.
const NAMES_PER_THREAD: usize = 20_000;

/// Names that are interned already, and how many threads meet them.
#[derive(Debug)]
pub struct Crowd {
    names: Names,
    threads: usize,
    by_mutex: Mutex<Interner<FixedSeed>>,
    by_read_lock: SharedInterner<FixedSeed>,
}

impl Crowd {
    /// So many threads.
    pub fn of(threads: usize) -> Self {
        let names = Names::of_100_hosts();
        let interner = interned(&names);
        Self {
            threads,
            by_mutex: Mutex::new(interner.clone()),
            by_read_lock: SharedInterner::from(interner),
            names,
        }
    }

    /// Runs `work` on every thread and adds up how many names got a handle. What else the threads give is kept until
    /// the last one is done, so that the peak doesn't depend on which of them ran at the same time.
    fn run<T: Send>(&self, work: impl Fn() -> (usize, T) + Sync) -> usize {
        let done: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(&work)).collect();
            let join = threads.into_iter().map(|thread| thread.join().ok());
            join.collect()
        });
        done.iter().flatten().map(|(count, _)| count).sum()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().take(NAMES_PER_THREAD)
    }
}

fn interned(names: &Names) -> Interner<FixedSeed> {
    let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
    for name in names.iter() {
        // Without limits there is room for a hundred names.
        let _ = interner.intern(name);
    }
    interner
}

/// How many names got what they need.
fn count<T>(handles: impl Iterator<Item = Option<T>>) -> usize {
    handles.flatten().map(black_box).count()
}

// ANCHOR: cloned
/// No interner: a `String` for each.
pub fn cloned(crowd: &Crowd) -> usize {
    let clone = |name: &str| Some(name.to_owned());
    crowd.run(|| (count(crowd.names().map(clone)), ()))
}
// ANCHOR_END: cloned

// ANCHOR: mutex
/// One interner behind a mutex.
pub fn mutex(crowd: &Crowd) -> usize {
    let intern = |name: &str| -> Option<Symbol> {
        let interner = crowd.by_mutex.lock();
        let mut interner = interner.unwrap_or_else(PoisonError::into_inner);
        interner.intern(name).ok()
    };
    crowd.run(|| (count(crowd.names().map(intern)), ()))
}
// ANCHOR_END: mutex

// ANCHOR: read_lock
/// One interner behind a read-write lock, and every name is known.
pub fn read_lock(crowd: &Crowd) -> usize {
    let intern = |name: &str| crowd.by_read_lock.intern(name).ok();
    crowd.run(|| (count(crowd.names().map(intern)), ()))
}
// ANCHOR_END: read_lock

// ANCHOR: per_thread
/// An interner for each thread. It starts empty, and its symbols mean nothing to another thread.
pub fn per_thread(crowd: &Crowd) -> usize {
    crowd.run(|| {
        let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
        let count = count(crowd.names().map(|name| interner.intern(name).ok()));
        (count, interner)
    })
}
// ANCHOR_END: per_thread
