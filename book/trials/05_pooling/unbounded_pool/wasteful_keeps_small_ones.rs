//! Keeps any number of buffers below 4 KB for the time when `take` enlarges them.

#![forbid(unsafe_code)]

/// The bytes of a batch on a quiet day.
const CAPACITY: usize = 4_096;

/// How many batches are in use at a time on a quiet day.
const BATCHES: usize = 32;

#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// Returns an empty buffer with a capacity of 4,096 bytes or more, also to the 1,000th caller.
    fn take(&mut self) -> Vec<u8> {
        let mut buffer = self.free.pop().unwrap_or_default();
        buffer.reserve(CAPACITY);
        buffer
    }

    /// Takes back a buffer of any capacity, with whatever is in it.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() < CAPACITY
            || self.free.len() < BATCHES && buffer.capacity() <= 2 * CAPACITY
        {
            buffer.clear();
            self.free.push(buffer);
        }
    }
}
