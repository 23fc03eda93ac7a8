//! Numbered subscribers in a map.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};

/// How many notices may wait for a subscriber.
const MOST: usize = 64;

type Notice = Arc<str>;

#[derive(Default)]
struct Hub {
    subscribers: BTreeMap<u64, SyncSender<Notice>>,
    next: u64,
}

impl Hub {
    /// All notices from now on, in order, until the subscriber is too slow or the hub is dropped.
    fn subscribe(&mut self) -> Receiver<Notice> {
        let (sender, receiver) = mpsc::sync_channel(MOST);
        self.subscribers.insert(self.next, sender);
        self.next += 1;
        receiver
    }

    /// Sends a notice to all subscribers.
    fn publish(&mut self, notice: &str) {
        let notice = Notice::from(notice);
        self.subscribers
            .retain(|_, subscriber| subscriber.try_send(Arc::clone(&notice)).is_ok());
    }

    /// How many are subscribed, as far as the last notice has shown.
    fn subscribers(&self) -> usize {
        self.subscribers.len()
    }
}
