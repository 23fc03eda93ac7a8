//! A relay answers in frames: the length of a text in two bytes, the highest first, and the text.
//! `OK` is `[0, 2, b'O', b'K']`; a text above 65,535 bytes has no frame. Most texts are
//! acknowledgements of 18 to 36 bytes; one in 20 is an event of 1,800. Two workloads need frames:
//!
//! - `queue`: up to 1,000 frames wait for a slow client. Each moves into the queue and out of it.
//! - `send_now`: an idle client gets its frame at once, in one write. Such a frame never moves.
//!
//! As written, both share 2,048 bytes of inline storage, and each move copies them, used or not.
//!
//! | workload                   | measure     |  budget | why                                     |
//! |----------------------------|-------------|--------:|-----------------------------------------|
//! | queue of 1,000 frames      | allocations |      57 | the queue, 50 events, and some to spare |
//! |                            | bytes, live | 220,000 | 104 per frame, 2,048 per event          |
//! | queue of 0 to 5,000        | bytes, live |         | 1.1 frames per text, if all are short   |
//! | move of a queued frame     | bytes       |     104 | the size of a `Frame`                   |
//! | acknowledgement in a frame | allocations |       0 | it fits inline                          |
//! | `send_now`, up to 2,046    | allocations |       0 | the frame stays where it is             |
//! | `send_now`, longer         | allocations |       2 | at most 2.2 times the text in bytes     |
//! | `send_now`                 | writes      |       1 | each write can be a packet              |

#![forbid(unsafe_code)]

use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::{self, Write};

/// A frame that can wait in a queue.
struct Frame {
    // TODO: what does a queue of 1,000 take, and how many of its bytes are text?
    bytes: SmallVec<[u8; 2_048]>,
}

impl Frame {
    /// The frame of a text, or `None` if the text is too long for one.
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

/// Sends the oldest frame whole. Returns whether there was one, or why it could not be sent.
fn send_next(queue: &mut VecDeque<Frame>, to: &mut impl Write) -> io::Result<bool> {
    match queue.pop_front() {
        Some(frame) => to.write_all(frame.bytes()).map(|()| true),
        None => Ok(false),
    }
}

/// Sends the frame of a text whole, with no queue. Returns whether the text has a frame.
// TODO: does the form that is right for the queue fit here, too?
fn send_now(text: &str, to: &mut impl Write) -> io::Result<bool> {
    match Frame::of(text) {
        Some(frame) => to.write_all(frame.bytes()).map(|()| true),
        None => Ok(false),
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// A thousand frames in a queue, and an event that is sent at once.
const BUDGET: measuring::Budget = measuring::Budget::of("big_moves")
    .allocations(57)
    .bytes(220_000)
    .live(220_000);

fn main() {
    let texts = sample();
    measuring::show(BUDGET, || {
        let mut queue = queue(&texts);
        let next = send_next(&mut queue, &mut std::io::sink());
        let now = send_now(&texts[7], &mut std::io::sink());
        (next.is_ok(), now.is_ok(), queue)
    });
}

/// A thousand texts: one in twenty is an event, the others are acknowledgements of 18 to 36 bytes.
fn sample() -> Vec<String> {
    let text = |n: usize| match n % 20 {
        7 => format!(r#"["EVENT","{n:0>1786}"]"#),
        _ => format!(r#"["OK","{n:0>width$}",true]"#, width = 4 + n % 19),
    };
    (0..1_000).map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Frame, queue, sample, send_next, send_now};
    use measuring::doubles::{Choppy, Failing};
    use measuring::{Budget, assert_gives, assert_work};
    use std::hint::black_box;
    use std::io::{self, ErrorKind, Write};

    fn text(length: usize) -> String {
        let letter = |at: usize| char::from(b'a' + (at % 23) as u8);
        (0..length).map(letter).collect()
    }

    /// Lengths at which storage of a usual size ends.
    fn lengths() -> impl Iterator<Item = usize> {
        (0..200).chain([
            254, 255, 256, 511, 512, 1_800, 2_045, 2_046, 2_047, 2_048, 5_000, 65_535,
        ])
    }

    /// The frame of a text, built the plain way.
    fn plain(text: &str) -> Vec<u8> {
        [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
    }

    #[track_caller]
    fn frame(text: &str) -> Frame {
        let length = text.len();
        Frame::of(text).unwrap_or_else(|| panic!("a text of {length} bytes has a frame; came None"))
    }

    #[measuring::test]
    fn a_frame_is_a_length_and_a_text() {
        assert_gives("the frame of \"OK\"", frame("OK").bytes(), b"\0\x02OK");
        assert_gives("the frame of \"\"", frame("").bytes(), &[0, 0]);
        assert_gives(
            "the frame of \"é\"",
            frame("é").bytes(),
            &[0, 2, 0xc3, 0xa9],
        );
    }

    #[measuring::test]
    fn a_frame_is_whole_whatever_its_length() {
        for length in lengths() {
            let text = text(length);
            let what = format_args!("the frame of {length} bytes");
            assert_gives(what, frame(&text).bytes(), &plain(&text)[..]);
        }
    }

    #[measuring::test]
    fn a_text_that_is_too_long_has_no_frame() {
        for length in [65_536, 65_556, 131_072] {
            let text = text(length);
            let what = format_args!("a text of {length} bytes has a frame");
            assert_gives(what, &Frame::of(&text).is_some(), &false);
            let texts = ["first".to_owned(), text, "last".to_owned()];
            assert_gives(
                "a queue of three texts, one too long",
                &queue(&texts).len(),
                &2,
            );
            let mut sent = Vec::new();
            let came = (send_now(&texts[1], &mut sent).ok(), sent.len());
            let what = format_args!("send_now of {length} bytes, and how many were written");
            assert_gives(what, &came, &(Some(false), 0));
        }
    }

    #[measuring::test]
    fn frames_are_sent_in_their_order() {
        let texts = sample();
        let (mut queue, mut to) = (queue(&texts), Choppy::new(Vec::new(), 1_000));
        for (at, _) in texts.iter().enumerate() {
            let came = send_next(&mut queue, &mut to).ok();
            assert_gives(
                format_args!("send_next, of frame {at} of 1,000"),
                &came,
                &Some(true),
            );
        }
        let came = send_next(&mut queue, &mut to).ok();
        assert_gives("send_next of an empty queue", &came, &Some(false));
        let expected: Vec<u8> = texts.iter().flat_map(|text| plain(text)).collect();
        assert_gives("bytes of 1,000 frames, sent", &to.into_inner(), &expected);
    }

    #[measuring::test]
    fn a_frame_is_sent_whole_in_pieces() {
        for length in lengths() {
            let texts = [text(length)];
            let expected = plain(&texts[0]);
            let what = format!("a frame of {length} bytes, to a client that takes 7 at a time");
            let mut to = Choppy::new(Vec::new(), 7);
            let came = send_now(&texts[0], &mut to).ok();
            assert_gives(format_args!("send_now of {what}"), &came, &Some(true));
            assert_gives(
                format_args!("send_now of {what}"),
                &to.into_inner(),
                &expected,
            );
            let mut to = Choppy::new(Vec::new(), 7);
            let came = send_next(&mut queue(&texts), &mut to).ok();
            assert_gives(format_args!("send_next of {what}"), &came, &Some(true));
            assert_gives(
                format_args!("send_next of {what}"),
                &to.into_inner(),
                &expected,
            );
        }
    }

    #[measuring::test]
    fn a_client_that_is_gone_is_an_error() {
        let broken = Err(ErrorKind::BrokenPipe);
        for length in [0, 30, 1_800, 5_000] {
            let texts = [text(length)];
            for taken in [0, 1, 2, length, length + 1] {
                let what = format!("{length} bytes, to a client that is gone after {taken}");
                let expected = if taken < length + 2 { broken } else { Ok(true) };
                let came = send_now(&texts[0], &mut Failing::after(taken, Vec::new()));
                let came = came.map_err(|error| error.kind());
                assert_gives(format_args!("send_now of {what}"), &came, &expected);
                let mut queue = queue(&texts);
                let came = send_next(&mut queue, &mut Failing::after(taken, Vec::new()));
                let came = came.map_err(|error| error.kind());
                assert_gives(format_args!("send_next of {what}"), &came, &expected);
            }
        }
    }

    #[measuring::test]
    fn frames_survive_their_moves() {
        let texts: Vec<String> = (0..300).step_by(7).map(text).collect();
        let mut queue = queue(&texts);
        assert_gives("frames in a queue of 43 texts", &queue.len(), &43);
        queue.rotate_left(20);
        let mut frames: Vec<Box<Frame>> = queue.into_iter().map(Box::new).collect();
        frames.sort_by_key(|frame| frame.bytes().len());
        for (frame, text) in frames.iter().zip(&texts) {
            let what = format_args!("the frame of {} bytes, after moves", text.len());
            assert_gives(what, frame.bytes(), &plain(text)[..]);
        }
    }

    #[measuring::test]
    fn both_workloads_stay_in_budget() {
        let texts = sample();
        let queue = BUDGET.assert_holds_in_process(|| {
            let _ = send_now(black_box(&texts[7]), &mut io::sink());
            queue(black_box(&texts))
        });
        let came: usize = queue.iter().map(|frame| frame.bytes().len()).sum();
        let expected: usize = texts.iter().map(|text| 2 + text.len()).sum();
        assert_gives("bytes of 1,000 queued frames", &came, &expected);
    }

    #[measuring::test]
    fn a_queue_has_the_capacity_for_its_frames() {
        for count in [0, 1, 10, 300, 5_000] {
            let texts = vec![text(30); count];
            let most = (count * size_of::<Frame>()) as u64 * 11 / 10;
            let budget = Budget::of("big_moves")
                .allocations(1)
                .bytes(most)
                .live(most as i64);
            black_box(budget.assert_holds(|| queue(black_box(&texts))));
        }
    }

    #[measuring::test]
    fn a_move_copies_little() {
        assert_work(
            "bytes that each move of a queued frame copies",
            size_of::<Frame>() as u64,
            104,
        );
    }

    #[measuring::test]
    fn an_acknowledgement_allocates_nothing() {
        let budget = Budget::of("big_moves").allocations(0).live(0);
        for length in 18..=36 {
            let text = text(length);
            black_box(budget.assert_holds(|| Frame::of(black_box(&text))));
        }
    }

    #[measuring::test]
    fn a_frame_that_is_sent_at_once_allocates_nothing() {
        let budget = Budget::of("big_moves").allocations(0).live(0);
        for length in lengths().take_while(|length| *length <= 2_046) {
            let text = text(length);
            let _ = budget.assert_holds_in_process(|| send_now(black_box(&text), &mut io::sink()));
        }
    }

    #[measuring::test]
    fn a_long_frame_that_is_sent_at_once_is_freed() {
        for length in [2_047, 2_048, 5_000, 65_535] {
            let (text, most) = (text(length), length as u64 * 22 / 10);
            let budget = Budget::of("big_moves").allocations(2).bytes(most).live(0);
            let _ = budget.assert_holds_in_process(|| send_now(black_box(&text), &mut io::sink()));
        }
    }

    /// Takes whatever it is given, and counts how often.
    struct Packets(u64);

    impl Write for Packets {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            Ok(bytes.len())
        }

        fn write_vectored(&mut self, parts: &[io::IoSlice]) -> io::Result<usize> {
            self.0 += 1;
            Ok(parts.iter().map(|part| part.len()).sum())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[measuring::test]
    fn a_frame_that_is_sent_at_once_is_one_write() {
        for length in [0, 30, 1_800, 5_000] {
            let (text, mut to) = (text(length), Packets(0));
            let _ = send_now(&text, &mut to);
            assert_work(&format!("writes in send_now of {length} bytes"), to.0, 1);
        }
    }

    #[measuring::test]
    fn what_was_sent_or_dropped_is_freed() {
        let texts = sample();
        let budget = Budget::of("big_moves").live(0);
        budget.assert_holds_in_process(|| {
            let mut queue = queue(black_box(&texts));
            for _ in 0..500 {
                let _ = send_next(&mut queue, &mut io::sink());
            }
        });
    }
}
