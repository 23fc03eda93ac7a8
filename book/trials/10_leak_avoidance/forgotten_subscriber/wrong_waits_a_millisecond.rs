//! Sleeps a millisecond for each full queue, and tries once more.

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
        self.subscribers.retain(|subscriber| {
            let mut sent = subscriber.try_send(Arc::clone(&notice));
            if let Err(mpsc::TrySendError::Full(_)) = sent {
                std::thread::sleep(std::time::Duration::from_millis(1));
                sent = subscriber.try_send(Arc::clone(&notice));
            }
            sent.is_ok()
        });
    }

    /// How many are subscribed, as far as the last notice has shown.
    fn subscribers(&self) -> usize {
        self.subscribers.len()
    }
}
