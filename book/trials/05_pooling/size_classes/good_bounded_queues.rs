//! Keeps at most 32 buffers per class, in bounded queues, and none above 16 KB.

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The free buffers, by class.
struct Pool {
    free: [crossbeam::queue::ArrayQueue<Vec<u8>>; 3],
}

impl Default for Pool {
    fn default() -> Self {
        let free = [0, 1, 2].map(|_| crossbeam::queue::ArrayQueue::new(32));
        Self { free }
    }
}

impl Pool {
    /// Returns an empty buffer of at least that capacity, even if it is more than any class has.
    fn take(&mut self, capacity: usize) -> Vec<u8> {
        let Some(class) = CLASSES.iter().position(|size| *size >= capacity) else {
            return Vec::with_capacity(capacity);
        };
        let free = self.free[class].pop();
        free.unwrap_or_else(|| Vec::with_capacity(CLASSES[class]))
    }

    /// Keeps a buffer for the requests that its capacity can serve.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        if capacity > CLASSES[2] {
            return;
        }
        if let Some(class) = CLASSES.iter().rposition(|size| *size <= capacity) {
            buffer.clear();
            // A full queue drops the buffer.
            let _ = self.free[class].push(buffer);
        }
    }
}
