//! For all threads at once.

use super::Shelf;
use crate::Recycle;
use crate::limits::{Idle, Limits};
use crate::sync::{ArrayQueue, AtomicUsize, Ordering::Relaxed};

/// A shelf that all threads share, on crossbeam's bounded queue: a thread that is interrupted holds up nobody.
///
/// A queue hands out what has waited longest, so all of its values take turns, and the one that you get is the one
/// that the cache has most likely forgotten.
///
/// ```
/// use pooling::{Limits, LockFree, Shelf};
///
/// let shelf = LockFree::new(Limits::of(8).bytes(100));
/// assert!(shelf.put(String::with_capacity(64)));
/// assert!(!shelf.put(String::with_capacity(64)), "128 bytes are too many");
/// ```
#[derive(Debug)]
pub struct LockFree<T> {
    queue: ArrayQueue<T>,
    /// The room of all values in the queue, and of those on their way in or out: never less than what waits.
    bytes: AtomicUsize,
    limits: Limits,
}

impl<T: Recycle> LockFree<T> {
    /// An empty shelf.
    ///
    /// # Panics
    ///
    /// Where the list for so many values doesn't fit into memory.
    pub fn new(limits: Limits) -> Self {
        Self {
            // A queue can't have no places. Where there are to be none, the limits let nothing in.
            queue: ArrayQueue::new(limits.values().max(1)),
            bytes: AtomicUsize::new(0),
            limits,
        }
    }
}

// ANCHOR: lock_free
// Relaxed, because the count guards no memory: the queue orders what one thread wrote
// into a value before what the next one reads. And an addition comes before its
// subtraction, since the value went through the queue in between.
impl<T: Recycle> Shelf<T> for LockFree<T> {
    fn take(&self) -> Option<T> {
        let value = self.queue.pop()?;
        self.bytes.fetch_sub(value.room(), Relaxed);
        Some(value)
    }

    fn put(&self, mut value: T) -> bool {
        value.clear();
        let room = value.room();
        // Counted first and stored second: in between the count is too high, which is
        // the safe side of a limit.
        let count = |held| self.limits.bytes_with(held, room);
        if self.bytes.fetch_update(Relaxed, Relaxed, count).is_err() {
            return false;
        }
        let put = self.queue.push(value);
        if put.is_err() {
            self.bytes.fetch_sub(room, Relaxed);
        }
        put.is_ok()
    }

    fn idle(&self) -> Idle {
        Idle {
            values: self.queue.len(),
            bytes: self.bytes.load(Relaxed),
        }
    }
}
// ANCHOR_END: lock_free
