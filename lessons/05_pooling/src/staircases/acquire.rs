//! Taking a buffer, using a little of it, and giving it back: a thousand times.

use std::hint::black_box;

use crate::{Limits, LockFree, Locked, PerThread, Shelf, Stack};

/// How often a buffer is needed.
const ROUNDS: u64 = 1_000;

thread_local! {
    static IDLE: Stack<Vec<u8>> = Stack::new(LIMITS);
}

const LIMITS: Limits = Limits::of(4);

/// What gives buffers of one size. Every pool has one that waits.
pub struct Desk {
    size: usize,
    per_thread: PerThread<Vec<u8>>,
    locked: Locked<Vec<u8>>,
    lock_free: LockFree<Vec<u8>>,
}

impl Desk {
    /// Buffers of so many bytes.
    pub fn of(size: usize) -> Self {
        let desk = Self {
            size,
            per_thread: &IDLE,
            locked: Locked::new(LIMITS),
            lock_free: LockFree::new(LIMITS),
        };
        // Another input on this thread may have left its own.
        while desk.per_thread.take().is_some() {}
        desk.per_thread.put(desk.make());
        desk.locked.put(desk.make());
        desk.lock_free.put(desk.make());
        desk
    }

    fn make(&self) -> Vec<u8> {
        Vec::with_capacity(self.size)
    }

    fn borrow_each(&self, shelf: &impl Shelf<Vec<u8>>) -> u64 {
        let round = |number| write_and_read(&mut shelf.lend(|| self.make()), number);
        (0..ROUNDS).map(round).sum()
    }
}

/// The use: eight bytes.
fn write_and_read(buffer: &mut Vec<u8>, number: u64) -> u64 {
    buffer.extend_from_slice(&number.to_le_bytes());
    black_box(&*buffer).iter().copied().map(u64::from).sum()
}

// ANCHOR: malloc
/// Asks the allocator each time.
pub fn malloc(desk: &Desk) -> u64 {
    let round = |number| write_and_read(&mut desk.make(), number);
    (0..ROUNDS).map(round).sum()
}
// ANCHOR_END: malloc

// ANCHOR: locked
/// Asks a pool behind a lock.
pub fn locked(desk: &Desk) -> u64 {
    desk.borrow_each(&desk.locked)
}
// ANCHOR_END: locked

/// Asks a pool on a lock-free queue.
pub fn lock_free(desk: &Desk) -> u64 {
    desk.borrow_each(&desk.lock_free)
}

/// Asks this thread's own pool.
pub fn per_thread(desk: &Desk) -> u64 {
    desk.borrow_each(&desk.per_thread)
}

// ANCHOR: kept
/// Asks nobody: the loop keeps its buffer.
pub fn kept(desk: &Desk) -> u64 {
    let mut buffer = desk.make();
    let round = |number| {
        buffer.clear();
        write_and_read(&mut buffer, number)
    };
    (0..ROUNDS).map(round).sum()
}
// ANCHOR_END: kept
