//! Serialises once, and copies the buffer for each receiver.

use std::sync::Arc;

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("one_frame").allocations(320).live(16_384);

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

fn main() {
    let mut frames = Frames::default();
    measuring::show(BUDGET, || (an_hour(&mut frames), frames.heap_bytes()));
}

/// 400 events: of four, one is for nobody, one for a single client, one for 10 and one for 300. How many receivers.
fn an_hour(frames: &mut Frames) -> usize {
    let mut waiting = Vec::with_capacity(300);
    let mut received = 0;
    for number in 0..400 {
        let receivers = [0, 1, 10, 300][number % 4];
        waiting.extend((0..receivers).map(|_| frames.get(|into| write_event(number, into))));
        frames.done();
        received += waiting.drain(..).count();
    }
    received
}

fn write_event(number: usize, into: &mut Vec<u8>) {
    into.extend_from_slice(br#"{"content":""#);
    (0..number % 90 + 10).for_each(|_| into.extend_from_slice(b"what people write, "));
    into.extend_from_slice(br#"","id":""#);
    into.extend_from_slice(&[b'0' + (number % 10) as u8; 64]);
    into.extend_from_slice(br#""}"#);
}
