//! Files by length, and enlarges a buffer that is too small when it is taken.

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The free buffers, by class.
#[derive(Default)]
struct Pool {
    free: [Vec<Vec<u8>>; 3],
}

impl Pool {
    /// Returns an empty buffer of at least that capacity, even if it is more than any class has.
    fn take(&mut self, capacity: usize) -> Vec<u8> {
        let Some(class) = CLASSES.iter().position(|size| *size >= capacity) else {
            return Vec::with_capacity(capacity);
        };
        let mut buffer = self.free[class].pop().unwrap_or_default();
        buffer.reserve(CLASSES[class]);
        buffer
    }

    /// Keeps a buffer for the requests that its capacity can serve.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let length = buffer.len();
        if let Some(class) = CLASSES.iter().position(|size| *size >= length) {
            buffer.clear();
            self.free[class].push(buffer);
        }
    }
}
