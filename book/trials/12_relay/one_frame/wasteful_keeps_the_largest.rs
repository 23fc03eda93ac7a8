//! Keeps the buffer of its largest event.

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    frame: Option<Arc<[u8]>>,
}

impl Frames {
    /// The event's frame, for one more receiver. `write` appends it to the buffer that it is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let Self { buffer, frame } = self;
        let frame = frame.get_or_insert_with(|| {
            buffer.clear();
            write(buffer);
            Arc::from(&buffer[..])
        });
        frame.clone()
    }

    /// The event has been passed on: the next receiver is one of another event.
    pub fn done(&mut self) {
        self.frame = None;
    }

    /// Bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        self.buffer.capacity()
    }
}
