//! Bounds the bytes of all free buffers at 256 KB and drops the largest first.

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
        let free = self.free.pop();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Takes back a buffer of any capacity, with whatever is in it.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() < CAPACITY {
            return;
        }
        buffer.clear();
        self.free.push(buffer);
        while self.free.iter().map(Vec::capacity).sum::<usize>() > 2 * BATCHES * CAPACITY {
            let largest = (0..self.free.len()).max_by_key(|at| self.free[*at].capacity());
            self.free.swap_remove(largest.unwrap_or(0));
        }
    }
}
