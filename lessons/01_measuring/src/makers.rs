//! Who made which allocation: a table from its address to the moment and the thread that it was made on.
//!
//! A region must not take the free of an older allocation for one of its own: waste in a setup would pay for waste in
//! what is measured. dhat keeps such a table, too. This one is there only while a region is open.

use std::cell::UnsafeCell;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use allocator_api2::alloc::System;
use hashbrown::HashMap;

/// The moment and the thread that an allocation was made on.
#[derive(Clone, Copy)]
pub struct Maker {
    /// Regions are numbered as they open; this is the last one that had.
    pub moment: u64,
    /// The address of the thread's own counts.
    pub thread: usize,
}

/// Remembers who made the allocation at an address.
pub fn remember(address: usize, maker: Maker) {
    part_of(address).with(|makers| makers.insert(address, maker));
}

/// Forgets the allocation at an address, and says who made it, if that is known. It must be called before the address
/// is given back: afterwards it may be another one's.
pub fn forget(address: usize) -> Option<Maker> {
    part_of(address).with(|makers| makers.remove(&address))
}

/// The system's allocator holds the table, not the meter: it isn't counted, and can't call back.
type Makers = HashMap<usize, Maker, BuildHasherDefault<AddressHasher>, System>;

/// The table is in parts, so that threads rarely wait for each other.
static PARTS: [Part; 64] = [const { Part::new() }; 64];

fn part_of(address: usize) -> &'static Part {
    // Allocations are 16 bytes apart, so the lowest bits say nothing.
    &PARTS[(address >> 4) % PARTS.len()]
}

/// A part of the table behind a lock. std's `Mutex` allocates on some systems, so this one waits in a loop, for the few
/// nanoseconds of a look-up.
struct Part {
    is_taken: AtomicBool,
    makers: UnsafeCell<Makers>,
}

// SAFETY: `makers` is touched in `with` alone, by one thread at a time.
unsafe impl Sync for Part {}

impl Part {
    const fn new() -> Self {
        let makers = HashMap::with_hasher_in(BuildHasherDefault::new(), System);
        Self {
            is_taken: AtomicBool::new(false),
            makers: UnsafeCell::new(makers),
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Makers) -> T) -> T {
        while self.is_taken.swap(true, Ordering::Acquire) {
            std::thread::yield_now();
        }
        // SAFETY: whoever set `is_taken` has the table alone until it is set back, and `change` can't come back here:
        // the table's memory is the system's, and its keys and values are plain numbers.
        let result = change(unsafe { &mut *self.makers.get() });
        self.is_taken.store(false, Ordering::Release);
        result
    }
}

/// Spreads addresses over the table. Nobody chooses them to collide.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        // The golden ratio in 64 bits, as in Knuth's multiplicative hashing (TAOCP 3, section 6.4).
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
