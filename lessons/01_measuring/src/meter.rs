//! The counting allocator.
//!
//! It hands every call to another allocator and, while somebody is counting, adds the call up. Two sets of counts
//! exist side by side: one per thread, so that tests running in parallel don't see each other, and one for the
//! process, for code whose threads share the work. While nobody counts, the whole price is one relaxed load per
//! call.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};

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
// thread-local and static memory; it allocates nothing, so it can't call back into itself, and it can't unwind.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Meter<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract, and this is the same call.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            record(Event::Block {
                size: layout.size(),
                replaced: 0,
            });
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc_zeroed`'s contract, and this is the same call. (The default method would
        // call `alloc` and write the zeros itself; the system often has zeroed pages at hand.)
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            record(Event::Block {
                size: layout.size(),
                replaced: 0,
            });
        }
        block
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps `realloc`'s contract, and this is the same call.
        let block = unsafe { self.inner.realloc(old, layout, new_size) };
        if !block.is_null() {
            record(Event::Block {
                size: new_size,
                replaced: layout.size(),
            });
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract, and this is the same call.
        unsafe { self.inner.dealloc(block, layout) };
        record(Event::Freed {
            size: layout.size(),
        });
    }
}
// ANCHOR_END: allocator

/// What an allocator call did, in bytes.
#[derive(Clone, Copy)]
enum Event {
    /// An allocation was handed out. A reallocation *replaces* an old allocation, which goes away at the same moment.
    Block { size: usize, replaced: usize },
    /// An allocation was given back.
    Freed { size: usize },
}

impl Event {
    /// How the live bytes change. No allocation is larger than `isize::MAX`, so the difference fits.
    fn growth(self) -> i64 {
        match self {
            Event::Block { size, replaced } => size as i64 - replaced as i64,
            Event::Freed { size } => -(size as i64),
        }
    }
}

/// How many regions are open in the whole process. At zero the meter is off.
static OPEN: AtomicU32 = AtomicU32::new(0);

#[inline]
fn record(event: Event) {
    if OPEN.load(Relaxed) > 0 {
        add_up(event);
    }
}

#[cold]
fn add_up(event: Event) {
    THREAD.with(|counts| counts.add(event));
    if PROCESS.open.load(Relaxed) > 0 {
        PROCESS.add(event);
    }
}

/// Running totals. Regions take the difference of two of them.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub allocations: u64,
    pub bytes: u64,
    /// Bytes handed out less bytes given back: below zero where a thread frees what another one allocated.
    pub live: i64,
    /// The most that `live` has been.
    pub peak: i64,
}

// ANCHOR: thread_counts
thread_local! {
    // `const`, and nothing to drop: reading it can't allocate, and works to a thread's last breath.
    static THREAD: ThreadCounts = const { ThreadCounts::new() };
}

struct ThreadCounts {
    /// Regions that this thread has open; at zero its calls aren't counted.
    open: Cell<u32>,
    allocations: Cell<u64>,
    bytes: Cell<u64>,
    live: Cell<i64>,
    peak: Cell<i64>,
}

impl ThreadCounts {
    const fn new() -> Self {
        Self {
            open: Cell::new(0),
            allocations: Cell::new(0),
            bytes: Cell::new(0),
            live: Cell::new(0),
            peak: Cell::new(0),
        }
    }

    fn add(&self, event: Event) {
        if self.open.get() == 0 {
            return;
        }
        if let Event::Block { size, .. } = event {
            self.allocations.set(self.allocations.get() + 1);
            self.bytes.set(self.bytes.get() + size as u64);
        }
        let live = self.live.get() + event.growth();
        self.live.set(live);
        self.peak.set(self.peak.get().max(live));
    }
}
// ANCHOR_END: thread_counts

static PROCESS: ProcessCounts = ProcessCounts {
    open: AtomicU32::new(0),
    allocations: AtomicU64::new(0),
    bytes: AtomicU64::new(0),
    live: AtomicI64::new(0),
    peak: AtomicI64::new(0),
};

struct ProcessCounts {
    open: AtomicU32,
    allocations: AtomicU64,
    bytes: AtomicU64,
    live: AtomicI64,
    peak: AtomicI64,
}

impl ProcessCounts {
    // Each counter is exact by itself. Only the order of updates to *different* counters is left open, and nobody
    // reads them while the counted work still runs, except for statistics, where an allocation's delay is no matter.
    fn add(&self, event: Event) {
        if let Event::Block { size, .. } = event {
            self.allocations.fetch_add(1, Relaxed);
            self.bytes.fetch_add(size as u64, Relaxed);
        }
        let growth = event.growth();
        let live = self.live.fetch_add(growth, Relaxed) + growth;
        if growth > 0 {
            self.peak.fetch_max(live, Relaxed);
        }
    }
}

/// Whose calls are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Thread,
    Process,
}

impl Scope {
    /// Starts to count. Every `open` is paired with one [`close`](Scope::close).
    pub fn open(self) {
        OPEN.fetch_add(1, Relaxed);
        match self {
            Scope::Thread => THREAD.with(|counts| counts.open.set(counts.open.get() + 1)),
            Scope::Process => {
                PROCESS.open.fetch_add(1, Relaxed);
            }
        }
    }

    /// Ends what [`open`](Scope::open) began.
    pub fn close(self) {
        match self {
            Scope::Thread => THREAD.with(|counts| counts.open.set(counts.open.get() - 1)),
            Scope::Process => {
                PROCESS.open.fetch_sub(1, Relaxed);
            }
        }
        OPEN.fetch_sub(1, Relaxed);
    }

    pub fn counts(self) -> Counts {
        match self {
            Scope::Thread => THREAD.with(|counts| Counts {
                allocations: counts.allocations.get(),
                bytes: counts.bytes.get(),
                live: counts.live.get(),
                peak: counts.peak.get(),
            }),
            Scope::Process => Counts {
                allocations: PROCESS.allocations.load(Relaxed),
                bytes: PROCESS.bytes.load(Relaxed),
                live: PROCESS.live.load(Relaxed),
                peak: PROCESS.peak.load(Relaxed),
            },
        }
    }

    /// Sets the peak, so that a region can find its own: to the live bytes at its start, and at its end back to the
    /// higher of what it saw and what stood there before.
    pub fn set_peak(self, peak: i64) {
        match self {
            Scope::Thread => THREAD.with(|counts| counts.peak.set(peak)),
            Scope::Process => PROCESS.peak.store(peak, Relaxed),
        }
    }
}

/// Whether a region is open on this thread or on the whole process, so that a timer would time the counting.
pub(crate) fn is_counting() -> bool {
    PROCESS.open.load(Relaxed) > 0 || THREAD.with(|counts| counts.open.get() > 0)
}

/// Whether this binary's global allocator is a [`Meter`]: one allocation is made, and must be seen. Once is enough,
/// so that a region inside another one adds nothing to it.
pub(crate) fn is_installed() -> bool {
    static SEEN: AtomicBool = AtomicBool::new(false);
    if !SEEN.load(Relaxed) {
        SEEN.store(sees_an_allocation(), Relaxed);
    }
    SEEN.load(Relaxed)
}

fn sees_an_allocation() -> bool {
    let layout = Layout::new::<u64>();
    Scope::Thread.open();
    let before = Scope::Thread.counts();
    // SAFETY: the layout has a size above zero, and the allocation is given back at once with the same layout.
    // `black_box` keeps the compiler from leaving out the pair.
    unsafe {
        let probe = std::hint::black_box(std::alloc::alloc(layout));
        if !probe.is_null() {
            std::alloc::dealloc(probe, layout);
        }
    }
    let seen = Scope::Thread.counts().allocations > before.allocations;
    Scope::Thread.close();
    seen
}
