//! Files a buffer that is smaller than every class in the smallest class.

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The largest capacity that is kept.
const LARGEST: usize = 2 * CLASSES[2];

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
        let free = self.free[class].pop();
        free.unwrap_or_else(|| Vec::with_capacity(CLASSES[class]))
    }

    /// Keeps a buffer for the requests that its capacity can serve.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        if capacity > LARGEST {
            return;
        }
        let class = CLASSES
            .iter()
            .rposition(|size| *size <= capacity)
            .unwrap_or(0);
        buffer.clear();
        self.free[class].push(buffer);
    }
}
