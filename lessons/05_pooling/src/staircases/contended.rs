//! Several threads that take buffers from the same place.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use crate::{Limits, LockFree, Locked, PerThread, Shelf, Stack};

/// How many buffers each thread uses.
pub const ROUNDS: u64 = 10_000;
const LIMITS: Limits = Limits::of(16);

thread_local! {
    static IDLE: Stack<Vec<u8>> = Stack::new(LIMITS);
}

/// So many threads, and the shelves that they share.
#[derive(Debug)]
pub struct Crew {
    threads: usize,
    size: usize,
    locked: Locked<Vec<u8>>,
    lock_free: LockFree<Vec<u8>>,
}

impl Crew {
    /// So many threads, and buffers of so many bytes.
    pub fn of(threads: usize, size: usize) -> Self {
        Self {
            threads,
            size,
            locked: Locked::new(LIMITS),
            lock_free: LockFree::new(LIMITS),
        }
    }

    fn make(&self) -> Vec<u8> {
        Vec::with_capacity(self.size)
    }

    /// Uses ten thousand buffers on every thread. The first ones are held until all threads have one, so that the
    /// peak doesn't depend on who starts when.
    fn use_each<B: AsMut<Vec<u8>>>(&self, buffer: impl Fn() -> B + Sync) -> u64 {
        let together = Barrier::new(self.threads);
        let work = || {
            let first = black_box(buffer());
            together.wait();
            drop(first);
            let round = |number| write_and_read(buffer().as_mut(), number);
            (0..ROUNDS).map(round).sum::<u64>()
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.map(|sum| sum.expect("the work doesn't panic")).sum()
        })
    }
}

/// Fills a buffer with zeros, as a read call wants it that takes initialised bytes.
fn zeroed<B: AsMut<Vec<u8>>>(mut buffer: B, size: usize) -> B {
    buffer.as_mut().resize(size, 0);
    black_box(buffer.as_mut().as_slice());
    buffer.as_mut().clear();
    buffer
}

fn write_and_read(buffer: &mut Vec<u8>, number: u64) -> u64 {
    buffer.extend_from_slice(&number.to_le_bytes());
    black_box(&*buffer).iter().copied().map(u64::from).sum()
}

// ANCHOR: malloc
/// Every thread asks the allocator.
pub fn malloc(crew: &Crew) -> u64 {
    crew.use_each(|| crew.make())
}
// ANCHOR_END: malloc

// ANCHOR: locked
/// Every thread waits for the lock.
pub fn locked(crew: &Crew) -> u64 {
    crew.use_each(|| crew.locked.lend(|| crew.make()))
}
// ANCHOR_END: locked

/// Every thread asks the queue.
pub fn lock_free(crew: &Crew) -> u64 {
    crew.use_each(|| crew.lock_free.lend(|| crew.make()))
}

// ANCHOR: per_thread
/// Every thread has a shelf of its own.
pub fn per_thread(crew: &Crew) -> u64 {
    let shelf: PerThread<Vec<u8>> = &IDLE;
    crew.use_each(|| shelf.lend(|| crew.make()))
}
// ANCHOR_END: per_thread

/// Every thread asks the allocator, for buffers full of zeros.
pub fn malloc_zeroed(crew: &Crew) -> u64 {
    crew.use_each(|| zeroed(vec![0; crew.size], crew.size))
}

/// Every thread has a shelf of its own, and fills what it takes with zeros.
pub fn per_thread_zeroed(crew: &Crew) -> u64 {
    let shelf: PerThread<Vec<u8>> = &IDLE;
    crew.use_each(|| zeroed(shelf.lend(|| crew.make()), crew.size))
}
