//! The counting allocator.
//!
//! It hands every call to another allocator and, while somebody is counting, adds the call up. Regions of a thread count
//! that thread alone, so that tests running in parallel don't see each other; one region at a time counts the process, for
//! code whose threads share the work. A region has what was made in it: the free of something older takes nothing off
//! what it holds. While nobody counts, the whole price is one relaxed load per call.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::makers::{self, Maker};

/// A [`GlobalAlloc`] that counts what passes through it.
///
/// Install it with [`install!`](crate::install), and count with [`heap`](crate::heap()). It can wrap another
/// allocator, which is how the benchmarks check it against dhat:
///
/// ```
/// use measuring::Meter;
///
/// #[global_allocator]
/// static METER: Meter<dhat::Alloc> = Meter::over(dhat::Alloc);
///
/// let (_, cost) = measuring::heap(|| vec![0u8; 1_000]);
/// assert_eq!(cost.bytes, 1_000);
/// ```
#[derive(Debug)]
pub struct Meter<A = System> {
    inner: A,
}

impl Meter {
    /// A meter over the system's allocator.
    pub const fn new() -> Self {
        Self::over(System)
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl<A> Meter<A> {
    /// A meter over another allocator.
    pub const fn over(inner: A) -> Self {
        Self { inner }
    }
}

// ANCHOR: allocator
// SAFETY: every call goes to `inner` unchanged, and its answer is returned unchanged. Counting touches integers in
// thread-local and static memory and a table that the system's allocator holds, so it can't call back into itself, and
// it can't unwind.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Meter<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract, and this is the same call.
        let at = unsafe { self.inner.alloc(layout) };
        if is_on() && !at.is_null() {
            made(at, layout.size());
        }
        at
    }
    // ANCHOR_END: allocator

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc_zeroed`'s contract, and this is the same call. (The default method would
        // call `alloc` and write the zeros itself; the system often has zeroed pages at hand.)
        let at = unsafe { self.inner.alloc_zeroed(layout) };
        if is_on() && !at.is_null() {
            made(at, layout.size());
        }
        at
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if !is_on() {
            // SAFETY: the caller keeps `realloc`'s contract, and this is the same call.
            return unsafe { self.inner.realloc(old, layout, new_size) };
        }
        // Afterwards the old address may be another thread's.
        let maker = forget(old);
        // SAFETY: the same.
        let at = unsafe { self.inner.realloc(old, layout, new_size) };
        match (at.is_null(), maker) {
            (false, maker) => moved(at, layout.size(), maker, new_size),
            (true, Some(maker)) => makers::remember(old.addr(), maker),
            (true, None) => {}
        }
        at
    }

    // ANCHOR: dealloc
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if is_on() {
            freed(layout.size(), forget(at));
        }
        // SAFETY: the caller keeps `dealloc`'s contract, and this is the same call.
        unsafe { self.inner.dealloc(at, layout) };
    }
}
// ANCHOR_END: dealloc

/// Whether anybody counts, in the whole process: regions that are open, and [`count_process`](crate::count_process).
static OPEN: AtomicU32 = AtomicU32::new(0);
/// The regions among them.
static REGIONS: AtomicU32 = AtomicU32::new(0);

#[inline]
fn is_on() -> bool {
    OPEN.load(Relaxed) > 0
}

/// Only regions ask who made what. What was made in one and is freed after the last has closed stays in the table, where
/// it is older than every later region.
fn forget(at: *mut u8) -> Option<Maker> {
    (REGIONS.load(Relaxed) > 0).then(|| makers::forget(at.addr()))?
}

/// How many regions have been opened so far. It tells what is older than a region from what isn't.
static MOMENT: AtomicU64 = AtomicU64::new(0);

/// An allocation, counted with its size.
#[cold]
fn made(at: *mut u8, size: usize) {
    counted(|thread| {
        remember(thread, at);
        thread.each(|region| region.made(size as i64));
        PROCESS.made(size as i64);
        if TOTALS_ON.load(Relaxed) {
            TOTALS.made(size as i64);
        }
    });
}

/// A reallocation, counted with its new size. What it replaces goes away at the same moment.
#[cold]
fn moved(at: *mut u8, old_size: usize, maker: Option<Maker>, new_size: usize) {
    counted(|thread| {
        remember(thread, at);
        let (old, new) = (old_size as i64, new_size as i64);
        thread.each(|region| region.moved(old, region.owns(thread, maker), new));
        PROCESS.moved(old, maker, new);
        if TOTALS_ON.load(Relaxed) {
            TOTALS.moved(old, new);
        }
    });
}

#[cold]
fn freed(size: usize, maker: Option<Maker>) {
    counted(|thread| {
        let size = size as i64;
        thread.each(|region| region.freed(size, region.owns(thread, maker)));
        PROCESS.freed(size, maker);
        if TOTALS_ON.load(Relaxed) {
            TOTALS.freed(size);
        }
    });
}

fn counted(count: impl FnOnce(&Thread)) {
    THREAD.with(|thread| {
        if !thread.looks_away.get() {
            count(thread);
        }
    });
}

/// What is made in a region is remembered until it is freed.
fn remember(thread: &Thread, at: *mut u8) {
    if thread.depth.get() > 0 || PROCESS.is_open() {
        let maker = Maker {
            moment: MOMENT.load(Relaxed),
            thread: thread.address(),
        };
        makers::remember(at.addr(), maker);
    }
}

/// Regions of one thread nest so deep.
const DEEPEST: usize = 16;

// ANCHOR: thread
thread_local! {
    // `const`, and nothing to drop: reading it can't allocate, and works to a thread's last breath.
    static THREAD: Thread = const { Thread::new() };
}

/// The regions that a thread has open, the outermost first.
struct Thread {
    depth: Cell<usize>,
    regions: [Open; DEEPEST],
    /// Nothing is counted that the meter itself asks for.
    looks_away: Cell<bool>,
}

/// What an open region has counted so far.
struct Open {
    /// When it was opened: what is older isn't its own.
    moment: Cell<u64>,
    allocations: Cell<u64>,
    bytes: Cell<u64>,
    live: Cell<i64>,
    peak: Cell<i64>,
    older: Cell<u64>,
}
// ANCHOR_END: thread

impl Thread {
    const fn new() -> Self {
        Self {
            depth: Cell::new(0),
            regions: [const { Open::new() }; DEEPEST],
            looks_away: Cell::new(false),
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn each(&self, count: impl Fn(&Open)) {
        self.regions[..self.depth.get()].iter().for_each(count);
    }
}

impl Open {
    const fn new() -> Self {
        Self {
            moment: Cell::new(0),
            allocations: Cell::new(0),
            bytes: Cell::new(0),
            live: Cell::new(0),
            peak: Cell::new(0),
            older: Cell::new(0),
        }
    }

    /// Whether an allocation was made in this region.
    fn owns(&self, thread: &Thread, maker: Option<Maker>) -> bool {
        maker.is_some_and(|maker| {
            maker.thread == thread.address() && maker.moment >= self.moment.get()
        })
    }

    fn made(&self, size: i64) {
        self.allocations.set(self.allocations.get() + 1);
        self.bytes.set(self.bytes.get() + size as u64);
        self.live.set(self.live.get() + size);
        self.peak.set(self.peak.get().max(self.live.get()));
    }

    fn freed(&self, size: i64, own: bool) {
        if own {
            self.live.set(self.live.get() - size);
        } else {
            self.older.set(self.older.get() + size as u64);
        }
    }

    fn moved(&self, old: i64, own: bool, new: i64) {
        self.freed(old, own);
        self.made(new);
    }
}

/// The region of the whole process; there is one at a time.
static PROCESS: Process = Process {
    is_open: AtomicBool::new(false),
    moment: AtomicU64::new(0),
    totals: Totals::new(),
    older: AtomicU64::new(0),
};

/// The process since [`count_process`](crate::count_process).
static TOTALS: Totals = Totals::new();
static TOTALS_ON: AtomicBool = AtomicBool::new(false);

struct Process {
    is_open: AtomicBool,
    moment: AtomicU64,
    totals: Totals,
    older: AtomicU64,
}

impl Process {
    fn is_open(&self) -> bool {
        self.is_open.load(Relaxed)
    }

    fn owns(&self, maker: Option<Maker>) -> bool {
        maker.is_some_and(|maker| maker.moment >= self.moment.load(Relaxed))
    }

    fn made(&self, size: i64) {
        if self.is_open() {
            self.totals.made(size);
        }
    }

    fn moved(&self, old: i64, maker: Option<Maker>, new: i64) {
        match (self.is_open(), self.owns(maker)) {
            (false, _) => {}
            (true, true) => self.totals.moved(old, new),
            (true, false) => {
                self.older.fetch_add(old as u64, Relaxed);
                self.totals.made(new);
            }
        }
    }

    fn freed(&self, size: i64, maker: Option<Maker>) {
        match (self.is_open(), self.owns(maker)) {
            (false, _) => {}
            (true, true) => self.totals.freed(size),
            (true, false) => {
                self.older.fetch_add(size as u64, Relaxed);
            }
        }
    }
}

/// Counts of all threads. Each counter is exact by itself. Only the order of updates to *different* counters is left open,
/// and nobody reads them while the counted work still runs, except for statistics, where an allocation's delay is no
/// matter.
struct Totals {
    allocations: AtomicU64,
    bytes: AtomicU64,
    live: AtomicI64,
    peak: AtomicI64,
}

impl Totals {
    const fn new() -> Self {
        Self {
            allocations: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            live: AtomicI64::new(0),
            peak: AtomicI64::new(0),
        }
    }

    fn made(&self, size: i64) {
        self.moved(0, size);
    }

    fn moved(&self, old: i64, new: i64) {
        self.allocations.fetch_add(1, Relaxed);
        self.bytes.fetch_add(new as u64, Relaxed);
        let live = self.live.fetch_add(new - old, Relaxed) + new - old;
        self.peak.fetch_max(live, Relaxed);
    }

    fn freed(&self, size: i64) {
        self.live.fetch_sub(size, Relaxed);
    }

    fn counts(&self) -> Counts {
        Counts {
            allocations: self.allocations.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            live: self.live.load(Relaxed),
            peak: self.peak.load(Relaxed),
            older: 0,
        }
    }

    fn clear(&self) {
        self.allocations.store(0, Relaxed);
        self.bytes.store(0, Relaxed);
        self.live.store(0, Relaxed);
        self.peak.store(0, Relaxed);
    }
}

/// What was counted.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub allocations: u64,
    pub bytes: u64,
    /// Bytes made and not yet freed. For statistics, frees of what is older than they are count as negative.
    pub live: i64,
    /// The most that `live` has been.
    pub peak: i64,
    /// Bytes freed that are older than the region, or another thread's.
    pub older: u64,
}

/// Whose calls are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Thread,
    Process,
}

impl Scope {
    /// Starts to count from zero. Every `open` is paired with one [`close`](Scope::close); the last one opened is the
    /// first one closed.
    ///
    /// # Panics
    ///
    /// Where a thread has opened too many.
    pub fn open(self) {
        let moment = MOMENT.fetch_add(1, Relaxed) + 1;
        match self {
            Scope::Thread => THREAD.with(|thread| {
                let depth = thread.depth.get();
                assert!(
                    depth < DEEPEST,
                    "regions of a thread nest {DEEPEST} deep, and no deeper"
                );
                let region = &thread.regions[depth];
                region.moment.set(moment);
                region.allocations.set(0);
                region.bytes.set(0);
                region.live.set(0);
                region.peak.set(0);
                region.older.set(0);
                thread.depth.set(depth + 1);
            }),
            Scope::Process => {
                PROCESS.totals.clear();
                PROCESS.older.store(0, Relaxed);
                PROCESS.moment.store(moment, Relaxed);
                PROCESS.is_open.store(true, Relaxed);
            }
        }
        REGIONS.fetch_add(1, Relaxed);
        OPEN.fetch_add(1, Relaxed);
    }

    /// Ends what [`open`](Scope::open) began.
    pub fn close(self) {
        OPEN.fetch_sub(1, Relaxed);
        REGIONS.fetch_sub(1, Relaxed);
        match self {
            Scope::Thread => THREAD.with(|thread| thread.depth.set(thread.depth.get() - 1)),
            Scope::Process => PROCESS.is_open.store(false, Relaxed),
        }
    }

    /// What the innermost region has counted so far.
    pub fn counts(self) -> Counts {
        match self {
            Scope::Thread => THREAD.with(|thread| {
                let region = &thread.regions[thread.depth.get() - 1];
                Counts {
                    allocations: region.allocations.get(),
                    bytes: region.bytes.get(),
                    live: region.live.get(),
                    peak: region.peak.get(),
                    older: region.older.get(),
                }
            }),
            Scope::Process => Counts {
                older: PROCESS.older.load(Relaxed),
                ..PROCESS.totals.counts()
            },
        }
    }
}

/// Counts the process for good, beside all regions.
pub(crate) fn count_totals() {
    if !TOTALS_ON.swap(true, Relaxed) {
        OPEN.fetch_add(1, Relaxed);
    }
}

/// What was counted since [`count_totals`].
pub(crate) fn totals() -> Counts {
    TOTALS.counts()
}

/// Runs `work` on this thread without counting it.
pub(crate) fn uncounted<T>(work: impl FnOnce() -> T) -> T {
    let before = THREAD.with(|thread| thread.looks_away.replace(true));
    let result = work();
    THREAD.with(|thread| thread.looks_away.set(before));
    result
}

/// Whether a region is open on this thread or on the whole process, so that a timer would time the counting.
pub(crate) fn is_counting() -> bool {
    let on_thread = THREAD.with(|thread| thread.depth.get() > 0);
    on_thread || PROCESS.is_open() || TOTALS_ON.load(Relaxed)
}

/// Whether this binary's global allocator is a [`Meter`] that sees all there is to see: calls of several sizes are made,
/// and each must be counted. Once is enough, so that a region inside another one adds nothing to it.
pub(crate) fn is_installed() -> bool {
    static SEEN: AtomicBool = AtomicBool::new(false);
    if !SEEN.load(Relaxed) {
        SEEN.store(sees_all_calls(), Relaxed);
    }
    SEEN.load(Relaxed)
}

fn sees_all_calls() -> bool {
    // From a byte to more than any allocator keeps at hand; none is a power of two that a filter might look for.
    const SIZES: [usize; 6] = [1, 7, 24, 1_000, 70_001, 2_000_003];
    Scope::Thread.open();
    let exact = SIZES.iter().all(|size| {
        // SAFETY: sizes are above zero and the alignment is one; each allocation is freed once, with its last layout;
        // `black_box` keeps the compiler from leaving the calls out.
        unsafe {
            let layout = Layout::from_size_align_unchecked(*size, 1);
            let larger = Layout::from_size_align_unchecked(size + 13, 1);
            let before = Scope::Thread.counts();
            let zeroed = std::hint::black_box(std::alloc::alloc_zeroed(layout));
            let probe = std::hint::black_box(std::alloc::alloc(layout));
            if probe.is_null() || zeroed.is_null() {
                return true;
            }
            let probe = match std::alloc::realloc(probe, layout, larger.size()) {
                moved if moved.is_null() => return true,
                moved => std::hint::black_box(moved),
            };
            let now = Scope::Thread.counts();
            std::alloc::dealloc(probe, larger);
            std::alloc::dealloc(zeroed, layout);
            let bytes = 2 * size + larger.size();
            let left = Scope::Thread.counts().live;
            (
                now.allocations - before.allocations,
                now.bytes - before.bytes,
            ) == (3, bytes as u64)
                && left == before.live
        }
    });
    Scope::Thread.close();
    exact
}
