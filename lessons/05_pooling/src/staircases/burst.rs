//! A thousand requests at once, and what is left of them: 600 small buffers, 300 medium, 100 large.

use std::any::Any;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use crate::SizeClasses;

/// The classes in bytes.
pub const SIZES: [usize; 3] = [512, 4_096, 16_384];

/// How many bytes each request needs.
#[derive(Debug)]
pub struct Burst(Vec<usize>);

impl Burst {
    /// The requests of the Go example.
    pub fn of_1000() -> Self {
        let size = |number| match number % 10 {
            0..6 => SIZES[0],
            6..9 => SIZES[1],
            _ => SIZES[2],
        };
        Self((0..1_000).map(size).collect())
    }
}

/// What was served, and whatever the program still holds when the burst is over.
pub struct Served {
    bytes: usize,
    /// Is there to be counted as live.
    _kept: Option<Box<dyn Any>>,
}

impl PartialEq for Served {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// Uses a buffer: as much of it as the request needs must be there.
fn answer(size: usize, buffer: &[u8], capacity: usize) -> usize {
    assert!(capacity >= size);
    black_box(buffer);
    size
}

// ANCHOR: exact
/// A buffer of the right size for every request, and no pool.
pub fn exact(burst: &Burst) -> Served {
    let buffers: Vec<Vec<u8>> = burst
        .0
        .iter()
        .map(|size| Vec::with_capacity(*size))
        .collect();
    let answers = burst.0.iter().zip(&buffers);
    Served {
        bytes: answers
            .map(|(size, it)| answer(*size, it, it.capacity()))
            .sum(),
        _kept: None,
    }
}
// ANCHOR_END: exact

// ANCHOR: one_size
/// The pool that everybody writes first: one size that is enough for all, and no limit.
#[derive(Default)]
struct EndlessPool(Mutex<Vec<Vec<u8>>>);

impl EndlessPool {
    fn take(&self) -> Vec<u8> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(SIZES[2]))
    }

    fn put(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(buffer);
    }
}

/// Buffers of the largest size from a pool that keeps them all.
pub fn one_size(burst: &Burst) -> Served {
    let pool = EndlessPool::default();
    let buffers: Vec<Vec<u8>> = burst.0.iter().map(|_| pool.take()).collect();
    let answers = burst.0.iter().zip(&buffers);
    let bytes = answers
        .map(|(size, it)| answer(*size, it, it.capacity()))
        .sum();
    buffers.into_iter().for_each(|buffer| pool.put(buffer));
    Served {
        bytes,
        _kept: Some(Box::new(pool)),
    }
}
// ANCHOR_END: one_size

// ANCHOR: three_classes
/// Three classes that keep whatever comes back.
pub fn three_classes(burst: &Burst) -> Served {
    serve_from(SizeClasses::locked(SIZES, 2 << 20), burst)
}
// ANCHOR_END: three_classes

// ANCHOR: bounded
/// Three classes that keep 64 KB each: enough for the next small burst.
pub fn bounded(burst: &Burst) -> Served {
    serve_from(SizeClasses::locked(SIZES, 64 << 10), burst)
}

fn serve_from(pool: SizeClasses<crate::Locked<Vec<u8>>>, burst: &Burst) -> Served {
    let buffers: Vec<_> = burst.0.iter().map(|size| pool.buffer(*size)).collect();
    let answers = burst.0.iter().zip(&buffers);
    let bytes = answers
        .map(|(size, it)| answer(*size, it, it.capacity()))
        .sum();
    drop(buffers);
    Served {
        bytes,
        _kept: Some(Box::new(pool)),
    }
}
// ANCHOR_END: bounded
