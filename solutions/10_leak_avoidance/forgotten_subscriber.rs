//! A relay passes on notices: each one goes to everybody who has subscribed. A subscriber is the receiving end of a
//! channel. Some read at once, some read later, some are never heard of again.
//!
//! A queue without a bound is as long as its slowest reader is slow, and a reader that is gone leaves its sending end
//! behind. So the hub looks at what `try_send` says. A subscriber has at most 64 notices waiting; for whom the next one
//! is too much, and who has gone, is struck out. That policy leaves no gaps: who was too slow reads the notices that
//! were waiting, then the end of the channel, and knows that it is time to subscribe again. Nobody waits for anybody.
//!
//! | measure | budget | why                                                                        |
//! |---------|--------|----------------------------------------------------------------------------|
//! | allocations  |  5,200 | a channel for each of 1,000 visitors, and each notice once                 |
//! | peak    | 40,000 | the queues of those who are there, with at most 64 notices each            |
//! | live    |  2,048 | a hub without subscribers                                                  |

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
    /// All notices from now on, in order, until the subscriber is too slow or the hub is dropped.
    fn subscribe(&mut self) -> Receiver<Notice> {
        let (sender, receiver) = mpsc::sync_channel(MOST);
        self.subscribers.push(sender);
        receiver
    }

    /// Sends a notice to everybody who is subscribed.
    fn publish(&mut self, notice: &str) {
        let notice = Notice::from(notice);
        self.subscribers
            .retain(|subscriber| subscriber.try_send(Arc::clone(&notice)).is_ok());
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
    .live(2_048);

fn main() {
    measuring::show(BUDGET, || {
        let mut hub = Hub::default();
        (visits(&mut hub, 1_000), hub.subscribers(), hub)
    });
}

/// Visitors come one by one, read two notices, and go. One who came first of all never reads any. Returns how many
/// notices were read.
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
    use std::hint::black_box;
    use std::sync::mpsc::Receiver;
    use std::sync::mpsc::TryRecvError;

    fn all(receiver: &Receiver<Notice>) -> Vec<String> {
        receiver
            .try_iter()
            .map(|notice| notice.to_string())
            .collect()
    }

    fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|number| number.to_string()).collect()
    }

    #[test]
    fn everybody_gets_all_notices_in_order() {
        let mut hub = Hub::default();
        let (ada, bob) = (hub.subscribe(), hub.subscribe());
        for number in 0..10 {
            hub.publish(&number.to_string());
        }
        let eve = hub.subscribe();
        hub.publish("10");
        assert_eq!(all(&ada), numbers(0..11));
        assert_eq!(all(&bob), numbers(0..11));
        assert_eq!(all(&eve), ["10"]);
        assert_eq!(hub.subscribers(), 3);
    }

    #[test]
    fn who_has_gone_is_struck_out_with_the_next_notice() {
        let mut hub = Hub::default();
        let receivers: Vec<_> = (0..10).map(|_| hub.subscribe()).collect();
        let (mut gone, mut stay) = (vec![], vec![]);
        for (number, receiver) in receivers.into_iter().enumerate() {
            // The first, the last, and two neighbours.
            match number {
                0 | 4 | 5 | 9 => gone.push(receiver),
                _ => stay.push(receiver),
            }
        }
        drop(gone);
        hub.publish("0");
        assert_eq!(hub.subscribers(), 6);
        assert!(stay.iter().all(|receiver| all(receiver) == ["0"]));
    }

    #[test]
    fn sixty_four_notices_may_wait() {
        let mut hub = Hub::default();
        let late = hub.subscribe();
        for round in 0..3 {
            for number in 0..MOST {
                hub.publish(&number.to_string());
            }
            assert_eq!(all(&late), numbers(0..MOST), "round {round}");
            assert_eq!(
                late.try_recv(),
                Err(TryRecvError::Empty),
                "it is subscribed"
            );
        }
        assert_eq!(hub.subscribers(), 1);
    }

    #[test]
    fn who_is_too_slow_reads_what_was_waiting_and_then_the_end() {
        let mut hub = Hub::default();
        let slow = hub.subscribe();
        for number in 0..MOST + 1 {
            hub.publish(&number.to_string());
        }
        assert_eq!(hub.subscribers(), 0);
        hub.publish("later");
        assert_eq!(all(&slow), numbers(0..MOST));
        assert_eq!(slow.try_recv(), Err(TryRecvError::Disconnected));
    }

    #[test]
    fn the_slow_dont_hurt_the_quick() {
        let mut hub = Hub::default();
        let slow = hub.subscribe();
        let quick = hub.subscribe();
        let mut read = vec![];
        for number in 0..1_000 {
            hub.publish(&number.to_string());
            read.extend(all(&quick));
        }
        assert_eq!(read, numbers(0..1_000));
        assert_eq!(all(&slow), numbers(0..MOST));
        assert_eq!(hub.subscribers(), 1);
    }

    #[test]
    fn who_was_too_slow_may_come_back() {
        let mut hub = Hub::default();
        let _slow = hub.subscribe();
        for number in 0..100 {
            hub.publish(&number.to_string());
        }
        let again = hub.subscribe();
        hub.publish("100");
        assert_eq!(all(&again), ["100"]);
        assert_eq!(hub.subscribers(), 1);
    }

    #[test]
    fn all_visitors_are_gone_in_the_end() {
        let mut hub = Hub::default();
        assert_eq!(visits(&mut hub, 500), 1_000);
        assert_eq!(hub.subscribers(), 0);
    }

    #[test]
    fn visits_stay_in_budget() {
        let (read, _hub) = BUDGET.assert_holds(|| {
            let mut hub = Hub::default();
            (visits(&mut hub, black_box(1_000)), hub)
        });
        assert_eq!(read, 2_000);
    }

    #[test]
    fn live_bytes_return_after_each_of_five_days() {
        let (mut hub, _) = measuring::heap(Hub::default);
        let budget = measuring::Budget::of("forgotten_subscriber").live(2_048);
        budget.assert_holds(|| {
            for _ in 0..5 {
                visits(&mut hub, black_box(1_000));
            }
        });
    }
}
