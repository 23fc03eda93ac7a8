//! Serialises once, and copies for each receiver.

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The most that the buffer keeps, in bytes.
const KEPT: usize = 16 << 10;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    is_written: bool,
}

impl Frames {
    /// The event's frame, for one more receiver. `write` appends it to the buffer that it is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        if !self.is_written {
            self.buffer.clear();
            write(&mut self.buffer);
            self.is_written = true;
        }
        Arc::from(&self.buffer[..])
    }

    /// The event has been passed on: the next receiver is one of another event.
    pub fn done(&mut self) {
        self.is_written = false;
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
    }

    /// Bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        self.buffer.capacity()
    }
}
