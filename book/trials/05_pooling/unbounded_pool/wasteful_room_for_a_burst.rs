//! Keeps a burst of buffers, to be ready for the next.

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
        let waiting = self.free.pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(ROOM))
    }

    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if self.free.len() < 1_000 && buffer.capacity() <= 2 * ROOM {
            buffer.clear();
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
