//! A relay passes on notices to all subscribers. A subscriber is the receiving end of a channel.
//! Some read at once, some read later, and some are gone.
//!
//! A subscriber that is gone leaves a sending end behind, and a slow one leaves a queue without a
//! bound. A subscriber has at most 64 notices waiting. A subscriber whose queue is full, or whose
//! receiver is gone, is removed by the notice that fails to reach it. A slow one reads notices 0
//! to 63, then the end of the channel: there are no gaps. `publish` waits for nobody, and returns
//! at once if a thousand queues are full.
//!
//! | measure                   |  budget | why                                                     |
//! |---------------------------|---------|---------------------------------------------------------|
//! | allocations, 1,000 visits |   5,200 | a channel for each of 1,000 visitors, each notice once  |
//! | peak, 1,000 visits        |  40,000 | the queues of those who are there, 64 notices each      |
//! | live, a hub at the end    |   1,024 | a hub without subscribers                               |

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

/// How many notices may wait for a subscriber.
const MOST: usize = 64;

type Notice = Arc<str>;

#[derive(Default)]
struct Hub {
    subscribers: Vec<Sender<Notice>>,
}

impl Hub {
    /// All notices from now on, in order, until the subscriber is too slow or the hub is dropped.
    fn subscribe(&mut self) -> Receiver<Notice> {
        // TODO: however many notices wait, this channel takes another.
        let (sender, receiver) = mpsc::channel();
        self.subscribers.push(sender);
        receiver
    }

    /// Sends a notice to all subscribers.
    fn publish(&mut self, notice: &str) {
        let notice = Notice::from(notice);
        for subscriber in &self.subscribers {
            // TODO: the answer is thrown away.
            let _ = subscriber.send(Arc::clone(&notice));
        }
    }

    /// How many are subscribed, as far as the last notice has shown.
    fn subscribers(&self) -> usize {
        self.subscribers.len()
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("forgotten_subscriber")
    .allocations(5_200)
    .peak(40_000)
    .live(1_024);

fn main() {
    measuring::show(BUDGET, || {
        let mut hub = Hub::default();
        (visits(&mut hub, 1_000), hub.subscribers(), hub)
    });
}

/// Visitors come one by one, read two notices, and go. The one who came first never reads any.
/// Returns how many notices were read.
fn visits(hub: &mut Hub, visitors: usize) -> usize {
    let _silent = hub.subscribe();
    let mut read = 0;
    for number in 0..visitors {
        let visitor = hub.subscribe();
        hub.publish(&format!(
            "visitor {number} has come, says the relay to all who listen"
        ));
        hub.publish("and it is a pleasure to have them");
        read += visitor.try_iter().count();
    }
    for _ in 0..=MOST {
        hub.publish("the last one has gone");
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::ops::Range;
    use std::sync::mpsc::{Receiver, TryRecvError};
    use std::time::{Duration, Instant};

    /// As many as the statement says.
    const WAITING: usize = 64;

    /// How many notices a subscriber can read now, and whether they are the numbers of this range.
    fn reads(receiver: &Receiver<Notice>, expected: Range<usize>) -> (usize, bool) {
        let came: Vec<Notice> = receiver.try_iter().collect();
        let numbers = expected.map(|number| number.to_string());
        (
            came.len(),
            came.iter().map(|notice| notice.to_string()).eq(numbers),
        )
    }

    fn publish(hub: &mut Hub, numbers: Range<usize>) {
        awaiting("publish, which waits for nobody");
        numbers.for_each(|number| hub.publish(&number.to_string()));
    }

    #[measuring::test]
    fn all_get_all_notices_in_order() {
        let mut hub = Hub::default();
        publish(&mut hub, 0..3);
        assert_gives("subscribers of a new hub", &hub.subscribers(), &0);
        let (ada, bob) = (hub.subscribe(), hub.subscribe());
        publish(&mut hub, 0..10);
        let eve = hub.subscribe();
        assert_gives("subscribers before the next notice", &hub.subscribers(), &3);
        publish(&mut hub, 10..11);
        let came = [reads(&ada, 0..11), reads(&bob, 0..11), reads(&eve, 10..11)];
        let expected = [(11, true), (11, true), (1, true)];
        assert_gives(
            "notices of three subscribers, and whether they are right",
            &came,
            &expected,
        );
        assert_gives("subscribers after eleven notices", &hub.subscribers(), &3);
        drop(hub);
        let end = ada.try_recv();
        assert_gives(
            "ada, after the hub was dropped",
            &end,
            &Err(TryRecvError::Disconnected),
        );
    }

    #[measuring::test]
    fn a_notice_is_any_text() {
        awaiting("publish, which waits for nobody");
        let mut hub = Hub::default();
        let ada = hub.subscribe();
        let texts = ["", "one", "one", "größer als", &"long ".repeat(20_000)];
        texts.iter().for_each(|text| hub.publish(text));
        for text in texts {
            let came = ada.try_recv().ok();
            assert_gives("a notice of any text", &came.as_deref(), &Some(text));
        }
    }

    /// Which of them are gone, and how many are left: at the ends, neighbours, all, none.
    #[measuring::test]
    fn those_who_are_gone_are_removed_with_the_next_notice() {
        for gone in [
            &[][..],
            &[0, 4, 5, 9],
            &[1, 2, 3],
            &[8, 9],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        ] {
            let mut hub = Hub::default();
            let receivers: Vec<_> = (0..10).map(|_| hub.subscribe()).collect();
            let receivers = receivers.into_iter().enumerate();
            let stay: Vec<_> = receivers
                .filter(|(number, _)| !gone.contains(number))
                .collect();
            publish(&mut hub, 0..1);
            let what = format_args!("subscribers of 10, when {gone:?} are gone");
            assert_gives(what, &hub.subscribers(), &(10 - gone.len()));
            for (number, receiver) in stay {
                let what = format_args!("notices of subscriber {number}, when {gone:?} are gone");
                assert_gives(what, &reads(&receiver, 0..1), &(1, true));
            }
        }
    }

    #[measuring::test]
    fn sixty_four_notices_may_wait() {
        let mut hub = Hub::default();
        let late = hub.subscribe();
        for round in 0..3 {
            publish(&mut hub, 0..WAITING);
            let what = format_args!("notices that waited in round {round}, of 64");
            assert_gives(what, &reads(&late, 0..WAITING), &(WAITING, true));
            let what = "a subscriber with nothing to read";
            assert_gives(what, &late.try_recv(), &Err(TryRecvError::Empty));
        }
        assert_gives("subscribers", &hub.subscribers(), &1);
    }

    #[measuring::test]
    fn a_slow_one_reads_what_was_waiting_and_then_the_end() {
        let mut hub = Hub::default();
        let slow = hub.subscribe();
        publish(&mut hub, 0..WAITING + 1);
        assert_gives(
            "subscribers after notice 65 of a slow one",
            &hub.subscribers(),
            &0,
        );
        publish(&mut hub, 65..70);
        let came = reads(&slow, 0..WAITING);
        assert_gives("notices of a slow one, after 70", &came, &(WAITING, true));
        let end = slow.try_recv();
        assert_gives(
            "a slow one, after its notices",
            &end,
            &Err(TryRecvError::Disconnected),
        );
    }

    #[measuring::test]
    fn the_slow_dont_hurt_the_quick() {
        let mut hub = Hub::default();
        let receivers: Vec<_> = (0..6).map(|_| hub.subscribe()).collect();
        for number in 0..1_000 {
            publish(&mut hub, number..number + 1);
            for quick in [0, 3, 5] {
                let what = format_args!("notice {number} of quick subscriber {quick}");
                let came = reads(&receivers[quick], number..number + 1);
                assert_gives(what, &came, &(1, true));
            }
        }
        for slow in [1, 2, 4] {
            let what = format_args!("notices of slow subscriber {slow}");
            assert_gives(what, &reads(&receivers[slow], 0..WAITING), &(WAITING, true));
        }
        assert_gives("subscribers", &hub.subscribers(), &3);
    }

    #[measuring::test]
    fn one_who_was_too_slow_may_come_back() {
        let mut hub = Hub::default();
        let _slow = hub.subscribe();
        publish(&mut hub, 0..100);
        let again = hub.subscribe();
        publish(&mut hub, 100..101);
        assert_gives(
            "notices after it came back",
            &reads(&again, 100..101),
            &(1, true),
        );
        assert_gives("subscribers", &hub.subscribers(), &1);
    }

    /// Full queues by the thousand: whoever waits a tenth of a millisecond for each doesn't get far.
    #[measuring::test]
    fn a_notice_waits_for_nobody() {
        awaiting("publish, with 1,000 full queues");
        let mut removed = 0;
        let mut waited = Duration::ZERO;
        while removed < 10_000 && waited < Duration::from_secs(1) {
            let mut hub = Hub::default();
            let _slow: Vec<_> = (0..1_000).map(|_| hub.subscribe()).collect();
            (0..WAITING).for_each(|_| hub.publish(""));
            let start = Instant::now();
            hub.publish("");
            waited += start.elapsed();
            removed += 1_000 - hub.subscribers();
            if hub.subscribers() > 0 {
                break;
            }
        }
        assert_gives(
            "slow subscribers removed within a second of publish",
            &removed,
            &10_000,
        );
    }

    #[measuring::test]
    fn visits_stay_in_budget() {
        awaiting("publish, which waits for nobody");
        let (read, _hub) = BUDGET.assert_holds_in_process(|| {
            let mut hub = Hub::default();
            (visits(&mut hub, black_box(1_000)), hub)
        });
        assert_gives("notices read by 1,000 visitors", &read, &2_000);
    }

    #[measuring::test]
    fn live_bytes_return_after_each_of_five_days() {
        awaiting("publish, which waits for nobody");
        let budget = Budget::of("forgotten_subscriber").peak(40_000).live(1_024);
        let hub = budget.assert_holds(|| {
            let mut hub = Hub::default();
            for _ in 0..5 {
                visits(&mut hub, black_box(300));
            }
            hub
        });
        assert_gives("subscribers after five days", &hub.subscribers(), &0);
    }
}
