//! Keeps one list and takes the smallest buffer that is large enough.

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The free buffers, of all sizes.
#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// Returns an empty buffer of at least that capacity, even if it is more than any class has.
    fn take(&mut self, capacity: usize) -> Vec<u8> {
        let Some(class) = CLASSES.iter().position(|size| *size >= capacity) else {
            return Vec::with_capacity(capacity);
        };
        let large_enough = (0..self.free.len()).filter(|at| self.free[*at].capacity() >= capacity);
        match large_enough.min_by_key(|at| self.free[*at].capacity()) {
            Some(best) => self.free.swap_remove(best),
            None => Vec::with_capacity(CLASSES[class]),
        }
    }

    /// Keeps a buffer for the requests that its capacity can serve.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        if (CLASSES[0]..4 * CLASSES[2]).contains(&capacity) {
            buffer.clear();
            self.free.push(buffer);
        }
    }
}
