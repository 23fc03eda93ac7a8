//! The frame of an event that is being passed on: serialised once, and only if somebody wants it.

use std::sync::Arc;

use leak_avoidance::ShrinkPolicy;

#[derive(Debug)]
pub(super) struct Frames {
    buffer: Vec<u8>,
    policy: ShrinkPolicy,
    frame: Option<Arc<[u8]>>,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            policy: ShrinkPolicy::new(4 << 10, 256),
            frame: None,
        }
    }
}

impl Frames {
    /// The event's frame, for one more receiver. `write` appends it to a buffer.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let Self { buffer, frame, .. } = self;
        let frame = frame.get_or_insert_with(|| {
            buffer.clear();
            write(buffer);
            Arc::from(&buffer[..])
        });
        frame.clone()
    }

    /// The event has been passed on. After a burst, the room of large ones is given back.
    pub fn done(&mut self) {
        if self.frame.take().is_some() {
            self.policy.after_use(&mut self.buffer);
        }
    }

    /// Bytes of heap.
    pub fn heap_bytes(&self) -> usize {
        self.buffer.capacity()
    }
}
