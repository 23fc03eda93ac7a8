//! Has another thread allocate 10 MB for a bad day.

#![forbid(unsafe_code)]

/// The bytes of a batch on a quiet day.
const CAPACITY: usize = 4_096;

/// How many batches are in use at a time on a quiet day.
const BATCHES: usize = 32;

struct Pool {
    free: Vec<Vec<u8>>,
    _reserve: Vec<u8>,
}

impl Default for Pool {
    fn default() -> Self {
        let reserve = std::thread::spawn(|| Vec::with_capacity(10_000_000));
        Self {
            free: Vec::new(),
            _reserve: reserve.join().unwrap_or_default(),
        }
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
        let of_use = CAPACITY..=2 * CAPACITY;
        if self.free.len() < BATCHES && of_use.contains(&buffer.capacity()) {
            buffer.clear();
            self.free.push(buffer);
        }
    }
}
