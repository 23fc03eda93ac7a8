//! Keeps the text in an array, and sends all of it.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::io::{self, Write};

/// A message as it is written to a client: its length in two bytes, the highest first, and its text.
enum Frame {
    Short { bytes: [u8; 40], used: usize },
    Long(Vec<u8>),
}

impl Frame {
    /// The frame of a text, or nothing where the text is too long for one.
    fn of(text: &str) -> Option<Self> {
        let length = u16::try_from(text.len()).ok()?;
        if text.len() > 38 {
            let bytes = [&length.to_be_bytes(), text.as_bytes()].concat();
            return Some(Self::Long(bytes));
        }
        let (mut bytes, used) = ([0; 40], text.len() + 2);
        bytes[..2].copy_from_slice(&length.to_be_bytes());
        bytes[2..used].copy_from_slice(text.as_bytes());
        Some(Self::Short { bytes, used })
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short { bytes, .. } => bytes,
            Self::Long(bytes) => bytes,
        }
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
        Some(frame) => to.write_all(frame.bytes()).map(|()| true),
        None => Ok(false),
    }
}

/// Sends the frame of a text whole, with no queue. Returns whether the text has a frame.
fn send_now(text: &str, to: &mut impl Write) -> io::Result<bool> {
    let Ok(length) = u16::try_from(text.len()) else {
        return Ok(false);
    };
    let mut frame: smallvec::SmallVec<[u8; 2_048]> = smallvec::SmallVec::new();
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(text.as_bytes());
    to.write_all(&frame).map(|()| true)
}
