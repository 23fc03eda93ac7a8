//! A relay answers each client through a queue of frames: an acknowledgement of 20 to 40 bytes for nearly all of them,
//! and once in twenty times an event of 1,800. A queue holds up to a thousand frames while its client is slow.
//!
//! To save the allocation that each frame cost, somebody gave frames room in place for the largest, 2,048 bytes. Now a queue
//! is a single allocation: of 2 MB, for 120 KB of messages. And wherever a frame moves, into the queue or out of it, to the
//! one who writes it, 2,056 bytes are copied, of which some 30 mean something. Room in place is in every frame.
//!
//! | measure                | budget  | why                                                              |
//! |------------------------|--------:|------------------------------------------------------------------|
//! | allocations, 1,000 frames   |      51 | the queue, and one for each of the 50 events                     |
//! | bytes, live            | 200,000 | up to 96 for a frame in the queue, and up to 2,048 for an event  |
//! | bytes, a boxed frame   |      96 | the size of a frame: what every move of it copies                |

#![forbid(unsafe_code)]

use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, Write};

/// A message as it is written to a client: its length in two bytes, the highest first, and its text.
struct Frame {
    // TODO: room in place for what nearly all frames need, and not for the largest.
    bytes: SmallVec<[u8; 2_048]>,
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("big_moves")
    .allocations(51)
    .bytes(200_000)
    .live(200_000);

fn main() {
    let texts = sample();
    measuring::show(BUDGET, || {
        let mut queue = queue(&texts);
        (send_next(&mut queue, &mut std::io::sink()).is_ok(), queue)
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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    fn text(length: usize) -> String {
        (0..length)
            .map(|at| char::from(b'a' + (at % 23) as u8))
            .collect()
    }

    /// The frame of a text, built the plain way.
    fn plain(text: &str) -> Vec<u8> {
        [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
    }

    #[test]
    fn a_frame_is_a_length_and_a_text() {
        assert_eq!(Frame::of("OK").unwrap().bytes(), b"\0\x02OK");
        assert_eq!(Frame::of("").unwrap().bytes(), [0, 0]);
        assert_eq!(Frame::of("é").unwrap().bytes(), [0, 2, 0xc3, 0xa9]);
    }

    #[test]
    fn a_frame_is_whole_whatever_its_length() {
        for length in (0..200).chain([255, 256, 2_045, 2_046, 2_047, 2_048, 5_000, 65_535]) {
            let text = text(length);
            assert!(
                Frame::of(&text).unwrap().bytes() == plain(&text),
                "{length}"
            );
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_no_frame() {
        assert!(Frame::of(&text(65_536)).is_none());
        assert!(Frame::of(&text(65_536 + 20)).is_none());
    }

    #[test]
    fn frames_are_sent_in_their_order() {
        let texts = sample();
        let (mut queue, mut sent, mut expected) = (queue(&texts), Vec::new(), Vec::new());
        for text in &texts {
            expected.extend(plain(text));
            assert!(send_next(&mut queue, &mut sent).unwrap());
            assert!(sent == expected);
        }
        assert!(!send_next(&mut queue, &mut sent).unwrap());
    }

    #[test]
    fn frames_survive_their_moves() {
        let texts: Vec<String> = (0..300).step_by(7).map(text).collect();
        let mut queue = queue(&texts);
        queue.rotate_left(20);
        let mut frames: Vec<Box<Frame>> = queue.into_iter().map(Box::new).collect();
        frames.sort_by_key(|frame| frame.bytes().len());
        assert_eq!(frames.len(), texts.len());
        for (frame, text) in frames.iter().zip(&texts) {
            assert!(frame.bytes() == plain(text));
        }
    }

    #[test]
    fn a_full_queue_stays_in_budget() {
        let texts = sample();
        let queue = BUDGET.assert_holds(|| queue(black_box(&texts)));
        assert_eq!(queue.len(), 1_000);
        let all: usize = queue.iter().map(|frame| frame.bytes().len()).sum();
        let expected: usize = texts.iter().map(|text| 2 + text.len()).sum();
        assert_eq!(all, expected);
    }

    #[test]
    fn a_move_copies_little() {
        let budget = Budget::of("big_moves").allocations(1).bytes(96);
        let frame = Frame::of("OK").unwrap();
        let boxed = budget.assert_holds(|| Box::new(black_box(frame)));
        assert_eq!(boxed.bytes(), b"\0\x02OK");
    }

    #[test]
    fn an_acknowledgement_needs_no_block() {
        let budget = Budget::of("big_moves").allocations(0);
        for length in 18..=36 {
            let text = text(length);
            black_box(budget.assert_holds(|| Frame::of(black_box(&text))));
        }
    }
}
