//! A new event goes to all clients that subscribed to it: none, one, or thousands. They all get the
//! same JSON, which waits in memory until the slowest has taken it. `get` returns it for one
//! receiver; `done` ends the event: `get`, `get`, `done` is an event for two, and the next `get` is
//! for another event. A receiver never gets bytes of another event, nor of a `write` that panicked.
//!
//! As written, each receiver has the event serialised anew, into a `Vec` that grows in steps, and
//! copied from there. To run the relay with your part:
//! `cargo test -p relay --features one_frame --test live --test server`.
//!
//! | measure                           | budget | why                                           |
//! |-----------------------------------|-------:|-----------------------------------------------|
//! | allocations, 400 events, then 400 |    320 | one for each of 300 with receivers, and a few |
//! | peak, then                        | 24,576 | the buffer, and the event that is passed on   |
//! | live, once all have been sent     | 16,384 | the buffer, also after an event of a megabyte |
//! | calls of `write` per event        |      1 | and none for an event without receivers       |

#![forbid(unsafe_code)]

use std::sync::Arc;

/// The frame of the event that is being passed on.
#[derive(Debug, Default)]
pub struct Frames {
    // TODO: nothing is kept, neither for the next receiver nor for the next event.
}

impl Frames {
    /// Returns the event's frame, for one more receiver. `write` appends it to the buffer that it
    /// is given.
    pub fn get(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let mut frame = Vec::new();
        write(&mut frame);
        frame.into()
    }

    /// Ends the event: the next receiver is one of another event.
    pub fn done(&mut self) {}

    /// Returns the bytes of heap that are kept for the next event.
    pub fn heap_bytes(&self) -> usize {
        0
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("one_frame")
    .allocations(320)
    .peak(24_576)
    .live(16_384);

fn main() {
    let mut frames = Frames::default();
    measuring::show(BUDGET, || (an_hour(&mut frames), frames.heap_bytes()));
}

/// 400 events: of four, one is for nobody, one for a single client, one for 10 and one for 300.
/// Returns how many receivers there were.
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
    use measuring::{Budget, assert_gives, assert_work, heap};
    use std::fmt::Debug;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::Arc;

    fn get(frames: &mut Frames, text: &str) -> Arc<[u8]> {
        frames.get(|into| into.extend_from_slice(text.as_bytes()))
    }

    #[track_caller]
    fn assert_receives(frame: &[u8], text: &str) {
        let short: String = text.chars().take(20).collect();
        let what = format_args!("the frame of {short:?}, {} bytes", text.len());
        assert_gives(what, &String::from_utf8_lossy(frame)[..], text);
    }

    /// The relay keeps it behind a lock, and shows it.
    #[measuring::test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send + Debug + Default>(_: T) {}
        fits(Frames::default());
    }

    #[measuring::test]
    fn each_receiver_gets_the_event_that_is_passed_on() {
        let mut frames = Frames::default();
        let [long, longer] = [70_000, 1 << 20].map(|length| "lo ng".repeat(length / 5));
        let events = [
            ("first", 3),
            ("2nd", 1),
            ("", 2),
            ("the fourth", 300),
            ("", 1),
        ];
        let more = [
            (&long[..], 2),
            ("short", 2),
            (&longer, 2),
            ("short", 2),
            ("SHORT", 2),
        ];
        for (text, receivers) in events.into_iter().chain(more) {
            for _ in 0..receivers {
                assert_receives(&get(&mut frames, text), text);
            }
            frames.done();
        }
    }

    #[measuring::test]
    fn events_without_receivers_come_between() {
        let mut frames = Frames::default();
        frames.done();
        let first = get(&mut frames, "first");
        (0..3).for_each(|_| frames.done());
        let second = get(&mut frames, "second");
        assert_receives(&first, "first");
        assert_receives(&second, "second");
    }

    /// Clients take their frames at any time, long after the event.
    #[measuring::test]
    fn frames_stay_as_they_were() {
        let mut frames = Frames::default();
        let mut received = Vec::new();
        for number in 0..50 {
            received.push(get(&mut frames, &format!("number {number}")));
            frames.done();
        }
        for (number, frame) in received.iter().enumerate() {
            assert_receives(frame, &format!("number {number}"));
        }
    }

    #[measuring::test]
    fn a_write_that_panics_leaves_nothing_behind() {
        let mut frames = Frames::default();
        for is_ended in [true, false, true] {
            let broken = catch_unwind(AssertUnwindSafe(|| {
                frames.get(|into| {
                    into.extend_from_slice(b"half an ev");
                    resume_unwind(Box::new("it broke off"));
                })
            }));
            assert_gives("the panic of `write` is passed on", &broken.is_err(), &true);
            if is_ended {
                frames.done();
            }
            assert_receives(&get(&mut frames, "another"), "another");
            assert_receives(&get(&mut frames, "another"), "another");
            frames.done();
        }
    }

    /// The relay shows it, as a part of what subscriptions take.
    #[measuring::test]
    fn heap_bytes_are_what_is_live() {
        for length in [0, 10, 1_000, 9_000, 1 << 20] {
            let (frames, cost) = heap(|| {
                let mut frames = Frames::default();
                if length > 0 {
                    frames.get(|into| into.resize(length, b'x'));
                    frames.done();
                }
                frames
            });
            let what = format_args!("heap_bytes after an event of {length} bytes");
            assert_gives(what, &(frames.heap_bytes() as i64), &cost.live);
        }
        let (frames, cost) = heap(|| {
            let mut frames = Frames::default();
            an_hour(&mut frames);
            frames
        });
        assert_gives(
            "heap_bytes after an hour",
            &(frames.heap_bytes() as i64),
            &cost.live,
        );
    }

    #[measuring::test]
    fn two_hours_stay_in_budget() {
        let mut frames = Frames::default();
        for _ in 0..2 {
            let received = BUDGET.assert_holds_in_process(|| an_hour(black_box(&mut frames)));
            assert_gives("receivers of an hour", &received, &31_100);
        }
    }

    #[measuring::test]
    fn an_event_is_serialised_once_and_not_without_receivers() {
        let mut frames = Frames::default();
        for receivers in [0, 1, 10, 300, 70_000] {
            let mut calls = 0;
            for _ in 0..receivers {
                frames.get(|into| {
                    calls += 1;
                    into.extend_from_slice(b"an event");
                });
            }
            frames.done();
            let what = format!("calls of `write` for {receivers} receivers");
            assert_work(&what, calls, 1);
        }
        Budget::of("one_frame")
            .allocations(0)
            .live(0)
            .assert_holds(|| frames.done());
    }

    #[measuring::test]
    fn little_is_kept_after_an_event_of_any_size() {
        for length in [1, 1_000, 9_000, 16_384, 20_000, 1 << 20] {
            let (_frames, cost) = heap(|| {
                let mut frames = Frames::default();
                frames.get(|into| into.resize(black_box(length), b'x'));
                frames.done();
                frames
            });
            Budget::of("one_frame")
                .allocations(8)
                .live(16_384)
                .assert_allows(cost);
        }
        let mut frames = Frames::default();
        Budget::of("one_frame").live(16_384).assert_holds(|| {
            for at in 0..40 {
                drop(frames.get(|into| into.resize(at % 20 * 1_000, b'x')));
                frames.done();
            }
        });
    }

    #[measuring::test]
    fn nobody_but_the_receivers_holds_an_event() {
        let mut frames = Frames::default();
        an_hour(&mut frames);
        Budget::of("one_frame").live(0).assert_holds(|| {
            drop(black_box(get(&mut frames, "an event that is done")));
            frames.done();
        });
    }
}
