//! Gives the last event again if the next has the same length.

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
        let Self {
            buffer,
            frame,
            last,
        } = self;
        let frame = frame.get_or_insert_with(|| {
            buffer.clear();
            write(buffer);
            match last {
                Some(last) if last.len() == buffer.len() => last.clone(),
                _ => last.insert(Arc::from(&buffer[..])).clone(),
            }
        });
        frame.clone()
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
