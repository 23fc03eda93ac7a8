//! Settings that are read all the time and change now and then: copied, locked, or replaced whole.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;

/// How often a writer replaces the limits, and how long it waits in between.
const VERSIONS: u64 = 20;
const PAUSE: Duration = Duration::from_micros(20);

/// What a relay looks up for every event. Reads and writes share an allowance, so a reader who saw half of one version
/// and half of another would add them up to something else.
#[derive(Clone, Debug)]
pub struct Limits {
    reads: u64,
    writes: u64,
    kinds: Vec<u16>,
}

const ALLOWANCE: u64 = 10_000;

impl Limits {
    fn version(version: u64) -> Self {
        Self {
            reads: ALLOWANCE - version,
            writes: version,
            kinds: (0..32).collect(),
        }
    }

    fn read(&self) -> u64 {
        self.reads + self.writes + self.kinds.len() as u64
    }
}

/// The same limits, kept in three ways.
pub struct Settings {
    locked: RwLock<Limits>,
    shared: RwLock<Arc<Limits>>,
    swapped: ArcSwap<Limits>,
    reads: u64,
    readers: usize,
}

impl Settings {
    /// Read so often by one thread, and never changed.
    pub fn quiet(reads: u64) -> Self {
        Self::sample(reads, 0)
    }

    /// Read so often by each of two threads, while a third replaces them again and again.
    pub fn busy(reads: u64) -> Self {
        Self::sample(reads, 2)
    }

    fn sample(reads: u64, readers: usize) -> Self {
        let settings = Self {
            locked: RwLock::new(Limits::version(0)),
            shared: RwLock::new(Arc::new(Limits::version(0))),
            swapped: ArcSwap::from_pointee(Limits::version(0)),
            reads,
            readers,
        };
        // A thread's first load takes an allocation that its later ones use again.
        drop(settings.swapped.load());
        settings
    }

    /// Reads on this thread, or on several while `publish` replaces the limits.
    fn run(&self, read: fn(&Self) -> u64, publish: fn(&Self, Limits)) -> u64 {
        let read_all = || (0..self.reads).map(|_| read(self)).sum::<u64>();
        if self.readers == 0 {
            return read_all();
        }
        thread::scope(|scope| {
            scope.spawn(move || {
                for version in 1..=VERSIONS {
                    publish(self, Limits::version(version));
                    thread::sleep(PAUSE);
                }
            });
            let readers: Vec<_> = (0..self.readers).map(|_| scope.spawn(read_all)).collect();
            let sums = readers.into_iter().map(|reader| reader.join());
            sums.map(|sum| sum.expect("reading doesn't panic")).sum()
        })
    }
}

fn replace<T>(lock: &RwLock<T>, new: T) {
    *lock.write().unwrap_or_else(PoisonError::into_inner) = new;
}

// ANCHOR: copied
/// A copy for each reader, so that nobody holds the lock for long.
pub fn copied(settings: &Settings) -> u64 {
    let read = |it: &Settings| {
        let limits = it
            .locked
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        limits.read()
    };
    settings.run(read, |it, new| replace(&it.locked, new))
}
// ANCHOR_END: copied

// ANCHOR: in_place
/// Read under the lock.
pub fn in_place(settings: &Settings) -> u64 {
    let read = |it: &Settings| {
        it.locked
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .read()
    };
    settings.run(read, |it, new| replace(&it.locked, new))
}
// ANCHOR_END: in_place

// ANCHOR: shared
/// The lock guards a pointer, which is counted up and taken out.
pub fn shared(settings: &Settings) -> u64 {
    let read = |it: &Settings| {
        let limits = it
            .shared
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        limits.read()
    };
    settings.run(read, |it, new| replace(&it.shared, Arc::new(new)))
}
// ANCHOR_END: shared

// ANCHOR: swapped
/// No lock: the pointer itself is replaced.
pub fn swapped(settings: &Settings) -> u64 {
    let read = |it: &Settings| it.swapped.load().read();
    settings.run(read, |it, new| it.swapped.store(Arc::new(new)))
}
// ANCHOR_END: swapped
