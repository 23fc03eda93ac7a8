//! Eight threads on one shelf, for a bounded number of rounds.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use pooling::{Limits, LockFree, Locked, Recycle, Shelf, SizeClasses};

const THREADS: usize = 8;
const ROUNDS: usize = 20_000;

/// A buffer that is counted from when it is made to when it is dropped.
struct Counted<'a> {
    bytes: Vec<u8>,
    alive: &'a AtomicUsize,
}

impl<'a> Counted<'a> {
    fn new(alive: &'a AtomicUsize) -> Self {
        alive.fetch_add(1, Relaxed);
        let bytes = Vec::with_capacity(64);
        Self { bytes, alive }
    }
}

impl Recycle for Counted<'_> {
    fn clear(&mut self) {
        self.bytes.clear();
    }
    fn room(&self) -> usize {
        self.bytes.capacity()
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Relaxed);
    }
}

/// Each thread writes its own mark into what it borrows, two at a time, and must find nothing else there.
fn nobody_meets_anothers_bytes<'a, S: Shelf<Counted<'a>> + Sync>(
    shelf: &S,
    alive: &'a AtomicUsize,
    most: usize,
) {
    thread::scope(|scope| {
        for mark in 0..THREADS as u8 {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let mut one = shelf.lend(|| Counted::new(alive));
                    assert!(one.bytes.is_empty());
                    one.bytes.resize(1 + round % 100, mark);
                    let mut other = shelf.lend(|| Counted::new(alive));
                    assert!(other.bytes.is_empty());
                    other.bytes.push(!mark);
                    assert!(one.bytes.iter().all(|byte| *byte == mark));
                    assert_eq!(other.bytes, [!mark]);
                    assert!(shelf.idle().values <= most);
                }
            });
        }
    });
    let idle = shelf.idle();
    assert_eq!(alive.load(Relaxed), idle.values, "none is lost");
    let mut bytes = 0;
    while let Some(waiting) = shelf.take() {
        bytes += waiting.room();
    }
    assert_eq!((bytes, alive.load(Relaxed)), (idle.bytes, 0));
    assert_eq!(shelf.idle().bytes, 0);
}

/// Too few places and too few bytes for all that is borrowed at once, so that every way through `put` is gone.
const LIMITS: Limits = Limits::of(6).each(64, 110).bytes(500);

#[test]
fn locked_under_stress() {
    let alive = AtomicUsize::new(0);
    nobody_meets_anothers_bytes(&Locked::new(LIMITS), &alive, 6);
}

#[test]
fn lock_free_under_stress() {
    let alive = AtomicUsize::new(0);
    nobody_meets_anothers_bytes(&LockFree::new(LIMITS), &alive, 6);
}

#[test]
fn size_classes_under_stress() {
    let buffers = &SizeClasses::lock_free([64, 256, 1_024], 2_048);
    thread::scope(|scope| {
        for mark in 0..THREADS as u8 {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let room = round * 37 % 1_500;
                    let mut buffer = buffers.buffer(room);
                    assert!(buffer.is_empty() && buffer.capacity() >= room);
                    buffer.resize(room * 2, mark);
                    assert!(buffer.iter().all(|byte| *byte == mark));
                }
            });
        }
    });
    assert!(buffers.idle().bytes <= 3 * 2_048);
}
