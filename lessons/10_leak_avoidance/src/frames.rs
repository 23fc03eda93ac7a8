//! A connection's frame buffer, and what becomes of its room after a large message.

use crate::ShrinkPolicy;

/// The lengths of the messages that a connection encodes.
#[derive(Debug)]
pub struct Messages(Vec<usize>);

impl Messages {
    /// A thousand messages of 200 to 500 bytes.
    pub fn steady() -> Self {
        Self((0..1_000).map(|number| 200 + number * 37 % 301).collect())
    }

    /// The same, and early on one of a megabyte.
    pub fn one_burst() -> Self {
        let Self(mut lengths) = Self::steady();
        lengths[100] = 1 << 20;
        Self(lengths)
    }

    /// The same, and a hundred kilobytes every hundred messages: longer apart than the policy looks back.
    pub fn regular_bursts() -> Self {
        let Self(mut lengths) = Self::steady();
        for length in lengths.iter_mut().step_by(100) {
            *length = 100_000;
        }
        Self(lengths)
    }
}

/// The idle connection: what it sent, and its buffer. Steps are compared by what they sent.
#[derive(Debug)]
pub struct Idle {
    sent: u64,
    frame: Vec<u8>,
}

impl Idle {
    /// Bytes that the buffer has room for.
    pub fn room(&self) -> usize {
        self.frame.capacity()
    }
}

impl PartialEq for Idle {
    fn eq(&self, other: &Self) -> bool {
        self.sent == other.sent
    }
}

fn encode(length: usize, frame: &mut Vec<u8>) {
    frame.clear();
    frame.resize(length, length as u8);
}

/// Stands for a socket: takes a frame, and says what went through.
fn send(frame: &[u8]) -> u64 {
    std::hint::black_box(frame).len() as u64
}

// ANCHOR: kept
/// One buffer, which keeps the most that it ever needed.
pub fn kept(messages: &Messages) -> Idle {
    let (mut frame, mut sent) = (Vec::new(), 0);
    for length in &messages.0 {
        encode(*length, &mut frame);
        sent += send(&frame);
    }
    Idle { sent, frame }
}
// ANCHOR_END: kept

// ANCHOR: shrunk
/// Gives room back after every message. The next one has to ask for it again.
pub fn shrunk(messages: &Messages) -> Idle {
    let (mut frame, mut sent) = (Vec::new(), 0);
    for length in &messages.0 {
        encode(*length, &mut frame);
        sent += send(&frame);
        frame.clear();
        frame.shrink_to_fit();
    }
    Idle { sent, frame }
}
// ANCHOR_END: shrunk

// ANCHOR: policy
/// Gives room back when 64 messages in a row needed at most a quarter of it.
pub fn policy(messages: &Messages) -> Idle {
    let (mut frame, mut sent) = (Vec::new(), 0);
    let mut policy = ShrinkPolicy::new(256, 64);
    for length in &messages.0 {
        encode(*length, &mut frame);
        sent += send(&frame);
        policy.after_use(&mut frame);
    }
    Idle { sent, frame }
}
// ANCHOR_END: policy
