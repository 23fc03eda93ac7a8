//! A bound of one: who doesn't read at once is struck out.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("forgotten_subscriber")
    .allocations(5_200)
    .peak(40_000)
    .live(2_048);

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
        let (sender, receiver) = mpsc::sync_channel(MOST / 64);
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
