//! Says that a queued frame was sent, whether it was or not.

#![forbid(unsafe_code)]

use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, Write};

/// A message as it is written to a client: its length in two bytes, the highest first, and its text.
struct Frame {
    bytes: SmallVec<[u8; 40]>,
}

impl Frame {
    /// The frame of a text, or nothing where the text is too long for one.
    fn of(text: &str) -> Option<Self> {
        let length = u16::try_from(text.len()).ok()?;
        let mut bytes = SmallVec::new();
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
        Some(Self { bytes })
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Everything that a client is still to be sent, the oldest first.
fn queue(texts: &[String]) -> VecDeque<Frame> {
    let mut queue = VecDeque::with_capacity(texts.len());
    queue.extend(texts.iter().filter_map(|text| Frame::of(text)));
    queue
}

/// Sends the oldest frame, and answers whether there was one.
fn send_next(queue: &mut VecDeque<Frame>, to: &mut impl Write) -> io::Result<bool> {
    match queue.pop_front() {
        Some(frame) => Ok(to.write_all(frame.bytes()).is_ok() || true),
        None => Ok(false),
    }
}

/// Sends the frame of a text whole, with no queue. Returns whether the text has a frame.
fn send_now(text: &str, to: &mut impl Write) -> io::Result<bool> {
    let Ok(length) = u16::try_from(text.len()) else {
        return Ok(false);
    };
    let mut frame: SmallVec<[u8; 2_048]> = SmallVec::new();
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(text.as_bytes());
    to.write_all(&frame).map(|()| true)
}
