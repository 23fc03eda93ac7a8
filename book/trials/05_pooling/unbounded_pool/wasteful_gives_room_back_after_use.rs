//! Shrinks what was too large, and makes a new buffer out of what is now too small.

#![forbid(unsafe_code)]

/// What a batch needs on a quiet day.
const ROOM: usize = 4_096;

/// How many batches there are at a time on a quiet day.
const BATCHES: usize = 32;

#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// An empty buffer with room for 4 KB or more. A busy shipper is never refused one.
    fn take(&mut self) -> Vec<u8> {
        let mut buffer = self.free.pop().unwrap_or_default();
        buffer.reserve(ROOM);
        buffer
    }

    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if self.free.len() < BATCHES {
            buffer.clear();
            buffer.shrink_to_fit();
            self.free.push(buffer);
        }
    }
}

/// Fills so many batches of a size, all at once in `filled`, and gives their buffers back.
fn ship(pool: &mut Pool, filled: &mut Vec<Vec<u8>>, batches: usize, size: usize) {
    for _ in 0..batches {
        let mut batch = pool.take();
        batch.resize(size, b'.');
        filled.push(batch);
    }
    filled.drain(..).for_each(|it| pool.give_back(it));
}
