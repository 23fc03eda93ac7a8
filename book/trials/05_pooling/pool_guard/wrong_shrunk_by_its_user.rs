//! Keeps a buffer of a quarter of the capacity or more.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

/// The least that a buffer has room for, in bytes.
const ROOM: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: RefCell<Vec<Vec<u8>>>,
    out: Cell<usize>,
}

/// A buffer on loan. Dropping it clears the buffer and gives it back.
struct Guard<'a> {
    buffer: Vec<u8>,
    pool: &'a Pool,
}

impl Pool {
    /// An empty buffer with room for `ROOM` bytes or more.
    fn take(&self) -> Guard<'_> {
        let buffer = self.buffer();
        self.out.set(self.out.get() + 1);
        Guard { buffer, pool: self }
    }

    fn buffer(&self) -> Vec<u8> {
        let waiting = self.free.borrow_mut().pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(ROOM))
    }

    /// How many guards are alive, or were forgotten. Between two messages it should be 0.
    fn outstanding(&self) -> usize {
        self.out.get()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.pool.out.set(self.pool.out.get() - 1);
        let mut buffer = std::mem::take(&mut self.buffer);
        // Through the guard, anybody can take the buffer's room: then there is nothing worth keeping.
        if buffer.capacity() >= ROOM / 4 {
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

/// The sum of the numbers in a message such as `17,4`; nothing if one of them isn't a number.
fn sum(pool: &Pool, message: &str) -> Option<u64> {
    let mut numbers = pool.take();
    for number in message.split(',') {
        numbers.push(number.parse().ok()?);
    }
    assert!(numbers.len() < 100, "nobody sends a hundred numbers");
    Some(numbers.iter().map(|number| u64::from(*number)).sum())
}
