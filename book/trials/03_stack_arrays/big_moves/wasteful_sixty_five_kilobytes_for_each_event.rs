//! Reserves the largest frame for each event.

#![forbid(unsafe_code)]

use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, Write};

/// A frame that can wait in a queue.
struct Frame {
    bytes: SmallVec<[u8; 40]>,
}

impl Frame {
    /// The frame of a text, or `None` if the text is too long for one.
    fn of(text: &str) -> Option<Self> {
        let length = u16::try_from(text.len()).ok()?;
        let mut bytes = SmallVec::new();
        if text.len() > 38 {
            bytes.reserve(65_537);
        }
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

/// Sends the oldest frame whole. Returns whether there was one, or why it could not be sent.
fn send_next(queue: &mut VecDeque<Frame>, to: &mut impl Write) -> io::Result<bool> {
    match queue.pop_front() {
        Some(frame) => to.write_all(frame.bytes()).map(|()| true),
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
