//! 65 notices may wait.

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
        let (sender, receiver) = mpsc::sync_channel(MOST + 1);
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
