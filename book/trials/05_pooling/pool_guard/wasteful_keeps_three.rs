//! Keeps three buffers, where 16 guards are alive at a time.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

/// The least capacity of a buffer, in bytes.
const CAPACITY: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: RefCell<Vec<Vec<u8>>>,
    out: Cell<usize>,
}

/// A buffer on loan. Dropping the guard clears the buffer and returns it to the pool.
struct Guard<'a> {
    buffer: Vec<u8>,
    pool: &'a Pool,
}

impl Pool {
    /// Lends an empty buffer with a capacity of `CAPACITY` bytes or more.
    fn take(&self) -> Guard<'_> {
        let buffer = self.buffer();
        self.out.set(self.out.get() + 1);
        Guard { buffer, pool: self }
    }

    fn buffer(&self) -> Vec<u8> {
        let free = self.free.borrow_mut().pop();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Returns how many guards are alive or were forgotten. Between two messages it should be 0.
    fn outstanding(&self) -> usize {
        self.out.get()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.pool.out.set(self.pool.out.get() - 1);
        let mut buffer = std::mem::take(&mut self.buffer);
        // The user of the guard may have left a smaller buffer there.
        if buffer.capacity() >= CAPACITY && self.pool.free.borrow().len() < 3 {
            buffer.clear();
            self.pool.free.borrow_mut().push(buffer);
        }
    }
}

impl Deref for Guard<'_> {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.buffer
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }
}
