//! A relay sends each notice to all subscribers. A subscriber is the receiver of a channel. Some
//! read at once, some later, some never again.
//!
//! `publish` looks at the result of `try_send`, which fails when the queue is full or the receiver
//! gone, and never waits. Both errors remove the subscriber. A slow one reads the notices that were
//! waiting, then the end of the channel.
//!
//! | measure     | budget | why                                                              |
//! |-------------|-------:|------------------------------------------------------------------|
//! | allocations |  5,600 | a channel for each of 1,000 visitors, and each notice once       |
//! | peak        | 20,000 | the queues of three subscribers, with at most 64 notices each    |
//! | live        |  1,024 | a hub without subscribers, with capacity for a few               |
//!
//! Other sizes have budgets in proportion. A notice to 100 subscribers is stored once.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};

/// How many notices may wait for a subscriber.
const MOST: usize = 64;

type Notice = Arc<str>;

#[derive(Default)]
struct Hub {
    subscribers: Vec<SyncSender<Notice>>,
}

impl Hub {
    /// Returns a channel with all notices from now on, in order. It ends when the subscriber is too slow or
    /// the hub is dropped.
    fn subscribe(&mut self) -> Receiver<Notice> {
        let (sender, receiver) = mpsc::sync_channel(MOST);
        self.subscribers.push(sender);
        receiver
    }

    /// Sends a notice to all subscribers.
    fn publish(&mut self, notice: &str) {
        let notice = Notice::from(notice);
        self.subscribers
            .retain(|subscriber| subscriber.try_send(Arc::clone(&notice)).is_ok());
    }

    /// Returns the number of subscribers, as far as the last notice has shown.
    fn subscribers(&self) -> usize {
        self.subscribers.len()
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("forgotten_subscriber")
    .allocations(5_600)
    .peak(20_000)
    .live(1_024);

fn main() {
    measuring::show(BUDGET, || {
        let mut hub = Hub::default();
        (visits(&mut hub, 1_000), hub.subscribers(), hub)
    });
}

/// Visitors come one by one, read two notices, and leave. Another subscriber, before them, never reads. Returns how
/// many notices were read.
fn visits(hub: &mut Hub, visitors: usize) -> usize {
    let _silent = hub.subscribe();
    let mut read = 0;
    for number in 0..visitors {
        let visitor = hub.subscribe();
        hub.publish(&format!(
            "visitor {number} has come, says the relay to all subscribers"
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
    use super::{BUDGET, Hub, Notice, visits};
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
    use std::time::Duration;

    /// How many notices may wait for a subscriber.
    const MOST: usize = 64;

    fn hub() -> Hub {
        awaiting("publish or subscribe, which wait for a subscriber to read");
        Hub::default()
    }

    /// What waits for a subscriber now.
    fn waiting(receiver: &Receiver<Notice>) -> Vec<String> {
        let notices = receiver.try_iter();
        notices.map(|notice| notice.to_string()).collect()
    }

    /// What a subscriber reads until the channel ends.
    #[track_caller]
    fn until_the_end(receiver: &Receiver<Notice>) -> Vec<String> {
        let mut read = vec![];
        loop {
            match receiver.recv_timeout(Duration::from_millis(500)) {
                Ok(notice) => read.push(notice.to_string()),
                Err(RecvTimeoutError::Disconnected) => return read,
                Err(RecvTimeoutError::Timeout) => {
                    let count = read.len();
                    panic!(
                        "after {count} notices: expected the end of the channel, came nothing for 500 ms"
                    );
                }
            }
        }
    }

    fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|number| number.to_string()).collect()
    }

    fn publish(hub: &mut Hub, range: std::ops::Range<usize>) {
        range.for_each(|number| hub.publish(&number.to_string()));
    }

    #[track_caller]
    fn assert_subscribers(after: &str, hub: &Hub, expected: usize) {
        assert_gives(
            format_args!("subscribers after {after}"),
            &hub.subscribers(),
            &expected,
        );
    }

    #[measuring::test]
    fn every_subscriber_gets_all_notices_in_order() {
        let mut hub = hub();
        hub.publish("to no subscriber");
        let (ada, bob) = (hub.subscribe(), hub.subscribe());
        let long = "a long notice, ".repeat(1_000);
        let notices = [
            "1",
            "2",
            "",
            "2",
            "2",
            "café",
            "Фринг",
            &long,
            &long[..14_999],
            "1",
        ];
        notices.iter().for_each(|notice| hub.publish(notice));
        let eve = hub.subscribe();
        hub.publish("last");
        assert_gives("what the third subscriber reads", &waiting(&eve), &["last"]);
        for (name, receiver) in [("first", ada), ("second", bob)] {
            let read = waiting(&receiver);
            let expected: Vec<_> = notices.iter().chain(&["last"]).collect();
            assert_gives(
                format_args!("notices of the {name} subscriber"),
                &read.len(),
                &expected.len(),
            );
            for (read, expected) in read.iter().zip(expected) {
                assert_gives(
                    format_args!("a notice of the {name} subscriber"),
                    read,
                    expected,
                );
            }
            drop(receiver);
        }
        assert_subscribers("two of three have left, before a notice", &hub, 3);
    }

    #[measuring::test]
    fn a_subscriber_that_has_left_is_removed_by_the_next_notice() {
        for (count, waiting_before) in [(1, 0), (2, 5), (10, 0), (10, MOST), (300, 1)] {
            let mut hub = hub();
            let receivers: Vec<_> = (0..count).map(|_| hub.subscribe()).collect();
            publish(&mut hub, 0..waiting_before);
            let (mut gone, mut stay) = (vec![], vec![]);
            for (number, receiver) in receivers.into_iter().enumerate() {
                // The first, the last, and neighbours.
                if number % 9 == 0 || number % 9 > 6 || number + 1 == count {
                    gone.push(receiver);
                } else {
                    waiting(&receiver);
                    stay.push(receiver);
                }
            }
            let left = gone.len();
            drop(gone);
            hub.publish("0");
            let after = format!("{left} of {count} have left with {waiting_before} notices unread");
            assert_subscribers(&after, &hub, stay.len());
            for receiver in &stay {
                assert_gives(
                    "what a subscriber reads that stays",
                    &waiting(receiver),
                    &["0"],
                );
            }
        }
    }

    #[measuring::test]
    fn sixty_four_notices_may_wait() {
        // How many notices each of these reads at a time.
        let rhythms = [1, 2, 3, 31, 32, 33, 63, MOST];
        let mut hub = hub();
        let receivers = rhythms.map(|rhythm| (rhythm, hub.subscribe()));
        let mut read = rhythms.map(|_| vec![]);
        for number in 1..=1_000 {
            publish(&mut hub, number - 1..number);
            for ((rhythm, receiver), read) in receivers.iter().zip(&mut read) {
                if number % rhythm == 0 {
                    read.extend(waiting(receiver));
                }
            }
        }
        for ((rhythm, receiver), mut read) in receivers.iter().zip(read) {
            read.extend(waiting(receiver));
            let what = format_args!("1,000 notices to a subscriber that reads after each {rhythm}");
            assert_gives(what, &read, &numbers(0..1_000));
            let end = receiver.try_recv();
            assert_gives(
                "a channel that is read in time",
                &end,
                &Err(TryRecvError::Empty),
            );
        }
        assert_subscribers("1,000 notices, read in time", &hub, rhythms.len());
    }

    #[measuring::test]
    fn a_slow_subscriber_reads_what_was_waiting_and_then_the_end() {
        for (before, unread) in [(0, MOST + 1), (10, MOST + 1), (0, 1_000)] {
            let mut hub = hub();
            let slow = hub.subscribe();
            publish(&mut hub, 0..before);
            waiting(&slow);
            publish(&mut hub, 0..MOST);
            assert_subscribers("64 notices that are not read", &hub, 1);
            publish(&mut hub, MOST..unread);
            assert_subscribers("more than 64 notices that are not read", &hub, 0);
            hub.publish("later");
            awaiting("the end of a slow subscriber's channel");
            let what = format_args!("{unread} notices to a subscriber that does not read");
            assert_gives(what, &until_the_end(&slow), &numbers(0..MOST));
        }
    }

    #[measuring::test]
    fn a_slow_subscriber_does_not_disturb_the_quick() {
        let mut hub = hub();
        let slow = hub.subscribe();
        let quick = hub.subscribe();
        let mut read = vec![];
        for number in 0..70_000 {
            hub.publish(&number.to_string());
            read.extend(waiting(&quick));
        }
        assert_gives(
            "70,000 notices to a subscriber that reads",
            &read,
            &numbers(0..70_000),
        );
        assert_gives(
            "to one that does not",
            &until_the_end(&slow),
            &numbers(0..MOST),
        );
        assert_subscribers("70,000 notices, which one of two reads", &hub, 1);
        let again = hub.subscribe();
        hub.publish("again");
        assert_gives("what a new subscriber reads", &waiting(&again), &["again"]);
        assert_subscribers("one has subscribed again", &hub, 2);
        drop(hub);
        for receiver in [quick, again] {
            awaiting("the end of a channel whose hub was dropped");
            until_the_end(&receiver);
        }
    }

    /// How often this thread has waited so far, where the system counts it.
    fn waits() -> u64 {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
        let mut lines = status.lines();
        let waits = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        waits.map_or(0, |waits| waits.trim().parse().unwrap())
    }

    #[measuring::test]
    fn publish_waits_for_no_subscriber() {
        let mut hub = hub();
        for (rounds, count) in [(1, 100), (12, 1_000)] {
            for _ in 0..rounds {
                let receivers: Vec<_> = (0..count).map(|_| hub.subscribe()).collect();
                publish(&mut hub, 0..MOST);
                awaiting("publish, with 1,000 full queues, twelve times");
                let before = waits();
                hub.publish("one too many");
                let waits = waits() - before;
                let few = waits.min(count / 2);
                assert_gives(
                    format_args!("waits of publish, with {count} full queues"),
                    &waits,
                    &few,
                );
                assert_subscribers("a notice to full queues", &hub, 0);
                drop(receivers);
            }
        }
    }

    #[measuring::test]
    fn visits_stay_in_budget() {
        let (read, hub) = BUDGET.assert_holds_in_process(|| {
            let mut hub = hub();
            (visits(&mut hub, black_box(1_000)), hub)
        });
        assert_gives("notices that 1,000 visitors read", &read, &2_000);
        assert_subscribers("1,000 visitors have left", &hub, 0);
    }

    #[measuring::test]
    fn visits_of_several_sizes_and_days_stay_in_budget() {
        for (days, visitors) in [(1, 0), (1, 10), (50, 10), (5, 1_000)] {
            let most = days * (11 * visitors / 2 + 200);
            let budget = Budget::of("forgotten_subscriber")
                .allocations(most as u64)
                .peak(20_000)
                .live(1_024);
            budget.assert_holds(|| {
                let mut hub = hub();
                for _ in 0..days {
                    visits(&mut hub, black_box(visitors));
                }
                hub
            });
        }
    }

    #[measuring::test]
    fn a_notice_to_many_stays_in_budget() {
        let mut hub = hub();
        let receivers: Vec<_> = (0..100).map(|_| hub.subscribe()).collect();
        let notice = "n".repeat(1_000);
        let budget = Budget::of("forgotten_subscriber")
            .bytes(75_000)
            .live(75_000);
        budget.assert_holds(|| {
            for _ in 0..MOST {
                hub.publish(black_box(&notice));
            }
        });
        drop(receivers);
    }
}
