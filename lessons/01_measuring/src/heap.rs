//! Regions: from when to when the meter counts, and for whom.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use crate::cost::Heap;
use crate::meter::{self, Counts, Scope};

const NOT_INSTALLED: &str = "the meter is not installed, so every count would be zero.\n\
    Write `measuring::install!();` once at the top of this binary.";

/// Runs `work` and says what it cost on the heap. Only the calling thread is counted.
///
/// The result is handed back, so that what it holds is still live when the region ends; drop it inside the closure
/// to count that too. Regions nest: an outer one includes the inner ones.
///
/// ```
/// measuring::install!();
///
/// let (text, cost) = measuring::heap(|| {
///     let mut text = String::with_capacity(64);
///     text.push_str("no growth");
///     text
/// });
/// assert_eq!((cost.allocations, cost.bytes, cost.live), (1, 64, 64));
/// # drop(text);
/// ```
///
/// # Panics
///
/// Where the meter isn't installed: zero would be a lie.
#[track_caller]
pub fn heap<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    assert!(meter::is_installed(), "{NOT_INSTALLED}");
    Region::count(Scope::Thread, work)
}

/// Runs `work` and says what it cost on the heap, with every thread of the process counted.
///
/// Whatever else runs in the process meanwhile is counted as well. In a test, wrap the whole body in
/// [`alone`](crate::alone()), which gives it a process of its own. Two such regions wait for each other.
///
/// ```
/// measuring::install!();
///
/// let (_, cost) = measuring::heap_of_process(|| {
///     std::thread::spawn(|| vec![0u8; 5_000]).join().unwrap()
/// });
/// assert!(cost.bytes > 5_000);
/// ```
///
/// # Panics
///
/// Where the meter isn't installed.
#[track_caller]
pub fn heap_of_process<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    assert!(meter::is_installed(), "{NOT_INSTALLED}");
    // A panic in another region leaves nothing half done: the lock guards no data.
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Region::count(Scope::Process, work)
}

// ANCHOR: region
/// An open region. Dropping it closes the region, so that a panic in the work leaves the meter as it was.
struct Region {
    scope: Scope,
    start: Counts,
}

impl Region {
    fn count<T>(scope: Scope, work: impl FnOnce() -> T) -> (T, Heap) {
        let region = Region::open(scope);
        let result = black_box(work());
        let cost = region.cost();
        drop(region);
        (result, cost)
    }

    fn open(scope: Scope) -> Self {
        scope.open();
        let start = scope.counts();
        scope.set_peak(start.live);
        Self { scope, start }
    }

    fn cost(&self) -> Heap {
        let (start, now) = (&self.start, self.scope.counts());
        Heap {
            allocations: now.allocations - start.allocations,
            bytes: now.bytes - start.bytes,
            // The peak began at `start.live` and only ever rises.
            peak: (now.peak - start.live).unsigned_abs(),
            live: now.live - start.live,
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let seen = self.scope.counts().peak;
        self.scope.set_peak(seen.max(self.start.peak));
        self.scope.close();
    }
}
// ANCHOR_END: region

/// What a running program has asked of its allocator since [`count_process`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Allocations and reallocations so far.
    pub allocations: u64,
    /// Their bytes so far: churn.
    pub bytes: u64,
    /// Bytes handed out and not yet given back: footprint. Allocations older than [`count_process`] count as negative
    /// when they are freed, so call it first thing in `main`.
    pub live: i64,
}

/// Counts the whole process from now on, so that [`statistics`] can be read while the program runs.
///
/// The price is four atomic operations per allocation, for good. A program calls it once, at its start.
///
/// # Panics
///
/// Where the meter isn't installed.
pub fn count_process() {
    assert!(meter::is_installed(), "{NOT_INSTALLED}");
    Scope::Process.open();
}

/// The process's heap at this moment. All zero before [`count_process`].
///
/// ```
/// measuring::install!();
/// measuring::count_process();
///
/// let before = measuring::statistics();
/// let cache = vec![0u8; 4_096];
/// assert_eq!(measuring::statistics().live - before.live, 4_096);
/// drop(cache);
/// assert_eq!(measuring::statistics().live, before.live);
/// ```
pub fn statistics() -> Statistics {
    let Counts {
        allocations,
        bytes,
        live,
        ..
    } = Scope::Process.counts();
    Statistics {
        allocations,
        bytes,
        live,
    }
}
