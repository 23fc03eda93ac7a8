//! Has room for 32 bytes, and an allocation for every acknowledgement that is longer.

use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, Write};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("big_moves")
    .allocations(51)
    .bytes(200_000)
    .live(200_000);

/// A message as it is written to a client: its length in two bytes, the highest first, and its text.
struct Frame {
    bytes: SmallVec<[u8; 32]>,
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
        Some(frame) => to.write_all(frame.bytes()).map(|()| true),
        None => Ok(false),
    }
}

fn main() {
    let texts = sample();
    measuring::show(BUDGET, || {
        let mut queue = queue(&texts);
        (send_next(&mut queue, &mut io::sink()).is_ok(), queue)
    });
}

/// A thousand messages: one in twenty is an event, the others are acknowledgements of 18 to 36 bytes.
fn sample() -> Vec<String> {
    let text = |n: usize| match n % 20 {
        7 => format!(r#"["EVENT","{n:0>1786}"]"#),
        _ => format!(r#"["OK","{n:0>width$}",true]"#, width = 4 + n % 19),
    };
    (0..1_000).map(text).collect()
}
