//! Bounds the bytes of all buffers, and lends one whose bytes were moved out.

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
        buffer.clear();
        self.free.push(buffer);
        while self.free.iter().map(Vec::capacity).sum::<usize>() > 2 * BATCHES * ROOM - 1 {
            let largest = (0..self.free.len()).max_by_key(|at| self.free[*at].capacity());
            self.free.swap_remove(largest.unwrap_or(0));
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
