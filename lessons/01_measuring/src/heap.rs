//! Regions: from when to when the meter counts, and for whom.

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, LocalKey};
use std::time::Duration;

use crate::cost::Heap;
use crate::meter::{self, Counts, Scope};

const NOT_INSTALLED: &str = "the meter is not installed, so every count would be zero.\n\
    Write `measuring::install!();` once at the top of this binary.";

/// Runs `work` and says what it cost on the heap. Only the calling thread is counted.
///
/// The result is handed back, so that what it holds is still live when the region ends; drop it inside the closure
/// to count that too. Regions nest: an outer one includes the inner ones.
///
/// Live bytes and their peak are of what `work` itself allocates. Freeing something older takes nothing off them, and a
/// reallocation of something older is an allocation of its own; [`freed_by`] counts what is freed so.
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
/// Whatever else runs in the process meanwhile is counted as well. In a test,
/// [`Budget::assert_holds_in_process`](crate::Budget::assert_holds_in_process) sees to that; elsewhere, wrap the whole
/// body in [`alone`](crate::alone()). Regions of two threads wait for each other.
///
/// A thread that `work` started and joined is counted to its end. `std::thread::scope` returns a little before its
/// threads have dropped their thread-locals, so the region waits until they are gone, for half a second at most.
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
/// Where the meter isn't installed; and inside another region of the process, which would wait for itself.
#[track_caller]
pub fn heap_of_process<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    thread_local! {
        static HAS_THE_TURN: Cell<bool> = const { Cell::new(false) };
    }
    assert!(meter::is_installed(), "{NOT_INSTALLED}");
    assert!(
        !HAS_THE_TURN.get(),
        "a region of the whole process is open on this thread already, and there is one at a time. Use \
         `measuring::heap` inside it, or count one after the other."
    );
    // A panic in another region leaves nothing half done: the lock guards no data.
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let _mark = Mark::set(&HAS_THE_TURN);
    Region::count(Scope::Process, work)
}

/// A flag that is set until this is dropped, also in a panic.
struct Mark(&'static LocalKey<Cell<bool>>);

impl Mark {
    fn set(flag: &'static LocalKey<Cell<bool>>) -> Self {
        flag.set(true);
        Self(flag)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Runs `work` on this thread and says how many bytes it freed that are older than `work`, or that another thread made:
/// what a cache gives back when it is cleared, say. [`heap`] leaves them out, because they are none of its own.
///
/// ```
/// measuring::install!();
///
/// let mut cache = vec![vec![0u8; 1_000]; 3];
/// let (_, freed) = measuring::freed_by(|| cache.truncate(1));
/// assert_eq!(freed, 2_000);
/// ```
///
/// # Panics
///
/// Where the meter isn't installed.
#[track_caller]
pub fn freed_by<T>(work: impl FnOnce() -> T) -> (T, u64) {
    assert!(meter::is_installed(), "{NOT_INSTALLED}");
    let region = Region::open(Scope::Thread);
    let result = black_box(work());
    (result, region.0.counts().older)
}

// ANCHOR: region
/// An open region. Dropping it closes the region, so that a panic in the work leaves the meter as it was.
struct Region(Scope);

impl Region {
    fn count<T>(scope: Scope, work: impl FnOnce() -> T) -> (T, Heap) {
        let threads = (scope == Scope::Process).then(threads);
        let region = Region::open(scope);
        let result = black_box(work());
        threads.into_iter().for_each(wait_until_only);
        let counts = region.0.counts();
        let cost = Heap {
            allocations: counts.allocations,
            bytes: counts.bytes,
            peak: counts.peak.unsigned_abs(),
            live: counts.live,
        };
        (result, cost)
    }

    fn open(scope: Scope) -> Self {
        scope.open();
        Self(scope)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.0.close();
    }
}
// ANCHOR_END: region

/// How many threads the process has, where the system says so in a file.
fn threads() -> Option<usize> {
    meter::uncounted(|| Some(fs::read_dir("/proc/self/task").ok()?.count()))
}

/// Waits until there are no more threads than before, for half a second: some may be there to stay.
fn wait_until_only(before: Option<usize>) {
    meter::uncounted(|| {
        let pause = Duration::from_millis(1);
        match before {
            // Where the system doesn't say, a moment must do.
            None => thread::sleep(20 * pause),
            Some(before) => {
                let more = || threads().is_some_and(|now| now > before);
                (0..500)
                    .take_while(|_| more())
                    .for_each(|_| thread::sleep(pause));
            }
        }
    });
}

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
    meter::count_totals();
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
    } = meter::totals();
    Statistics {
        allocations,
        bytes,
        live,
    }
}
