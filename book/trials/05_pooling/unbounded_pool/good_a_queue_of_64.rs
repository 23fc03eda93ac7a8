//! Keeps up to 64 buffers of one size in a bounded queue.

#![forbid(unsafe_code)]

/// The bytes of a batch on a quiet day.
const CAPACITY: usize = 4_096;

/// How many batches are in use at a time on a quiet day.
const BATCHES: usize = 32;

struct Pool {
    free: crossbeam::queue::ArrayQueue<Vec<u8>>,
}

impl Default for Pool {
    fn default() -> Self {
        let free = crossbeam::queue::ArrayQueue::new(2 * BATCHES);
        Self { free }
    }
}

impl Pool {
    /// Returns an empty buffer with a capacity of 4,096 bytes or more, also to the 1,000th caller.
    fn take(&mut self) -> Vec<u8> {
        let free = self.free.pop();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Takes back a buffer of any capacity, with whatever is in it.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() == CAPACITY {
            buffer.clear();
            // A full queue drops the buffer.
            let _ = self.free.push(buffer);
        }
    }
}
