//! Takes its buffer out while `write` has it.

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The largest capacity of the buffer that is kept, in bytes.
const KEPT: usize = 16 << 10;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    frame: Option<Arc<[u8]>>,
}

impl Frames {
    /// Returns the event's frame, for one more receiver. `write` appends it to the buffer that it
    /// is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        if self.frame.is_none() {
            let mut buffer = std::mem::take(&mut self.buffer);
            write(&mut buffer);
            self.frame = Some(buffer.as_slice().into());
            buffer.clear();
            self.buffer = buffer;
        }
        self.frame.clone().unwrap_or_default()
    }

    /// Ends the event: the next receiver is one of another event.
    pub fn done(&mut self) {
        self.frame = None;
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
    }

    /// Returns the bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        self.buffer.capacity()
    }
}
