//! Holds an event until the next one comes.

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The largest capacity of the buffer that is kept, in bytes.
const KEPT: usize = 16 << 10;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    frame: Option<Arc<[u8]>>,
    last: Option<Arc<[u8]>>,
}

impl Frames {
    /// Returns the event's frame, for one more receiver. `write` appends it to the buffer that it
    /// is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let Self { buffer, frame, .. } = self;
        let frame = frame.get_or_insert_with(|| {
            buffer.clear();
            write(buffer);
            Arc::from(&buffer[..])
        });
        frame.clone()
    }

    /// Ends the event: the next receiver is one of another event.
    pub fn done(&mut self) {
        self.last = self.frame.take();
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
    }

    /// Returns the bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        let last = self
            .last
            .as_ref()
            .map_or(0, |frame| (frame.len() + 16).next_multiple_of(8));
        self.buffer.capacity() + last
    }
}
