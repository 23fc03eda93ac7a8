//! A new event goes to all who subscribed to it: to nobody, to one, or to thousands. What they get is the same JSON,
//! and it waits in memory until the slowest of them has taken it. As written, it is serialised anew for each, into a
//! vector that grows in steps, and copied from there.
//!
//! Serialise once, if somebody asks, into a buffer that is used again, and give all the same allocation. Events follow each
//! other: whoever asks for the next one must not get this one, nor what a serialisation left that broke off. And after
//! an event of a megabyte the relay must not be a megabyte larger.
//!
//! The relay with your part: `cargo test -p relay --features one_frame --test live --test server`.
//!
//! | measure                         | budget | why                                                            |
//! |---------------------------------|--------|----------------------------------------------------------------|
//! | allocations, 400 events, then 400    |    320 | one for each of 300 that somebody wants, a few for the buffer  |
//! | live, once all have been sent   | 16,384 | the buffer, also when one event was of a megabyte              |

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    // TODO: what is kept from one receiver to the next, and what from one event to the next?
}

impl Frames {
    /// The event's frame, for one more receiver. `write` appends it to the buffer that it is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let mut frame = Vec::new();
        write(&mut frame);
        frame.into()
    }

    /// The event has been passed on: the next receiver is one of another event.
    pub fn done(&mut self) {}

    /// Bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        0
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("one_frame")
    .allocations(320)
    .live(16_384);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, heap};
    use std::fmt::Debug;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::Arc;

    fn get(frames: &mut Frames, text: &str) -> Arc<[u8]> {
        frames.get(|into| into.extend_from_slice(text.as_bytes()))
    }

    /// The relay keeps it behind a lock, and shows it.
    #[test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send + Debug + Default>(_: T) {}
        fits(Frames::default());
    }

    #[test]
    fn each_receiver_gets_the_event_that_is_passed_on() {
        let mut frames = Frames::default();
        for (text, receivers) in [("first", 3), ("2nd", 1), ("", 2), ("the fourth", 300)] {
            for _ in 0..receivers {
                assert_eq!(&*get(&mut frames, text), text.as_bytes());
            }
            frames.done();
        }
    }

    #[test]
    fn events_that_nobody_wants_come_between() {
        let mut frames = Frames::default();
        frames.done();
        let first = get(&mut frames, "first");
        (0..3).for_each(|_| frames.done());
        let second = get(&mut frames, "second");
        assert_eq!((&*first, &*second), (&b"first"[..], &b"second"[..]));
    }

    /// Clients take what they get when it pleases them, long after the event.
    #[test]
    fn what_was_received_stays_as_it_was() {
        let mut frames = Frames::default();
        let mut received = Vec::new();
        for number in 0..50 {
            received.push(get(&mut frames, &format!("number {number}")));
            frames.done();
        }
        for (number, frame) in received.iter().enumerate() {
            assert_eq!(&**frame, format!("number {number}").as_bytes());
        }
    }

    #[test]
    fn what_broke_off_leaves_nothing_behind() {
        let mut frames = Frames::default();
        for is_told in [true, false] {
            let broken = catch_unwind(AssertUnwindSafe(|| {
                frames.get(|into| {
                    into.extend_from_slice(b"half an ev");
                    resume_unwind(Box::new("it broke off"));
                })
            }));
            assert!(broken.is_err());
            if is_told {
                frames.done();
            }
            assert_eq!(&*get(&mut frames, "another"), b"another");
            frames.done();
        }
    }

    /// The relay shows it, as a part of what subscriptions take.
    #[test]
    fn it_says_what_it_keeps() {
        let (frames, cost) = heap(|| {
            let mut frames = Frames::default();
            an_hour(&mut frames);
            frames
        });
        assert_eq!(frames.heap_bytes() as i64, cost.live);
    }

    #[test]
    fn an_hour_stays_in_budget_and_so_does_the_next() {
        let mut frames = Frames::default();
        for _ in 0..2 {
            let received = BUDGET.assert_holds(|| an_hour(black_box(&mut frames)));
            assert_eq!(received, 31_100);
        }
    }

    /// Each call of `write` takes an allocation here, to be seen.
    #[test]
    fn it_is_serialised_for_the_first_receiver_only() {
        let mut frames = Frames::default();
        let mut pass_on = |receivers| {
            for _ in 0..receivers {
                frames.get(|into| into.extend_from_slice(&black_box(vec![b'x'; 500])));
            }
            frames.done();
        };
        pass_on(1);
        Budget::of("one_frame")
            .allocations(6)
            .assert_holds(|| [1, 10, 300].map(&mut pass_on));
        Budget::of("one_frame")
            .allocations(0)
            .assert_holds(|| pass_on(0));
    }

    #[test]
    fn a_large_event_is_forgotten() {
        let mut frames = Frames::default();
        Budget::of("one_frame").live(16_384).assert_holds(|| {
            let large = frames.get(|into| into.resize(1 << 20, b'x'));
            frames.done();
            large.len()
        });
    }

    #[test]
    fn nobody_but_the_receivers_holds_an_event() {
        let mut frames = Frames::default();
        an_hour(&mut frames);
        Budget::of("one_frame").live(0).assert_holds(|| {
            drop(black_box(get(&mut frames, &"x".repeat(1_000))));
            frames.done();
        });
    }
}
