//! A hundred messages of a kilobyte through one pool, and among them one of ten megabytes.

use std::any::Any;
use std::hint::black_box;

use crate::{Limits, Shelf, Stack};

/// What comes in.
#[derive(Debug)]
pub struct Messages(Vec<Vec<u8>>);

impl Messages {
    /// The fiftieth is the large one.
    pub fn with_one_of_10_mb() -> Self {
        let message = |number| vec![7; if number == 50 { 10_000_000 } else { 1_000 }];
        Self((0..100).map(message).collect())
    }
}

/// What was received, and what the program still holds afterwards.
pub struct Received {
    bytes: usize,
    /// Is there to be counted as live.
    _kept: Box<dyn Any>,
}

impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

const NORMAL: usize = 4_096;

fn receive(messages: &Messages, shelf: Stack<Vec<u8>>, shrink: bool) -> Received {
    let mut bytes = 0;
    for message in &messages.0 {
        let mut buffer = shelf.lend(|| Vec::with_capacity(NORMAL));
        buffer.extend_from_slice(message);
        bytes += black_box(&buffer).len();
        if shrink && buffer.capacity() > NORMAL {
            buffer.clear();
            buffer.shrink_to(NORMAL);
        }
    }
    Received {
        bytes,
        _kept: Box::new(shelf),
    }
}

// ANCHOR: kept
/// Keeps whatever comes back.
pub fn kept(messages: &Messages) -> Received {
    receive(messages, Stack::new(Limits::of(16)), false)
}
// ANCHOR_END: kept

// ANCHOR: dropped
/// Drops a buffer that has become too large. The next message finds none and makes one.
pub fn dropped(messages: &Messages) -> Received {
    let limits = Limits::of(16).each(NORMAL, 4 * NORMAL);
    receive(messages, Stack::new(limits), false)
}
// ANCHOR_END: dropped

// ANCHOR: shrunk
/// Shrinks it before it goes back.
pub fn shrunk(messages: &Messages) -> Received {
    receive(messages, Stack::new(Limits::of(16)), true)
}
// ANCHOR_END: shrunk
