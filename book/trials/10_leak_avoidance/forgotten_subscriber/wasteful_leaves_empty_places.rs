//! Empties the place of a subscriber that has left, and never uses it again.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};

/// How many notices may wait for a subscriber.
const MOST: usize = 64;

type Notice = Arc<str>;

#[derive(Default)]
struct Hub {
    subscribers: Vec<Option<SyncSender<Notice>>>,
}

impl Hub {
    /// All notices from now on, in order, until the subscriber is too slow or the hub is dropped.
    fn subscribe(&mut self) -> Receiver<Notice> {
        let (sender, receiver) = mpsc::sync_channel(MOST);
        self.subscribers.push(Some(sender));
        receiver
    }

    /// Sends a notice to everybody who is subscribed.
    fn publish(&mut self, notice: &str) {
        let notice = Notice::from(notice);
        for place in &mut self.subscribers {
            place.take_if(|subscriber| subscriber.try_send(Arc::clone(&notice)).is_err());
        }
    }

    /// How many are subscribed, as far as the last notice has shown.
    fn subscribers(&self) -> usize {
        self.subscribers.iter().flatten().count()
    }
}
