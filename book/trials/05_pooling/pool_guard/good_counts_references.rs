//! Counts guards by their references to a shared count, and lends the oldest buffer.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// The least capacity of a buffer, in bytes.
const CAPACITY: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: RefCell<VecDeque<Vec<u8>>>,
    out: Rc<()>,
}

/// A buffer on loan. Dropping the guard clears the buffer and returns it to the pool.
struct Guard<'a> {
    buffer: Vec<u8>,
    pool: &'a Pool,
    _counted: Rc<()>,
}

impl Pool {
    /// Lends an empty buffer with a capacity of `CAPACITY` bytes or more.
    fn take(&self) -> Guard<'_> {
        let buffer = self.buffer();
        let _counted = Rc::clone(&self.out);
        Guard {
            buffer,
            pool: self,
            _counted,
        }
    }

    fn buffer(&self) -> Vec<u8> {
        let free = self.free.borrow_mut().pop_front();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Returns how many guards are alive or were forgotten. Between two messages it should be 0.
    fn outstanding(&self) -> usize {
        Rc::strong_count(&self.out) - 1
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        // The user of the guard may have left a smaller buffer there.
        if buffer.capacity() >= CAPACITY {
            buffer.clear();
            self.pool.free.borrow_mut().push_back(buffer);
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
