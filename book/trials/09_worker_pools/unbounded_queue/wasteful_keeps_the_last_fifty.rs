//! Keeps copies of the last fifty events that were delivered.

#![forbid(unsafe_code)]

use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};

/// How many events may wait, besides the one in the sink.
const PLACES: usize = 64;

type Event = Vec<u8>;

struct Trail {
    queue: SyncSender<Event>,
    shipper: JoinHandle<()>,
}

impl Trail {
    fn start(mut sink: impl FnMut(Event) + Send + 'static) -> Self {
        let (queue, events) = mpsc::sync_channel::<Event>(PLACES);
        let shipper = thread::spawn(move || {
            let mut last = std::collections::VecDeque::new();
            for event in events {
                last.push_back(event.clone());
                sink(event);
                if last.len() > 50 {
                    last.pop_front();
                }
            }
        });
        Self { queue, shipper }
    }

    /// Hands an event over, and waits for a free place if need be.
    fn send(&self, event: Event) {
        self.queue.send(event).expect("the shipper runs");
    }

    /// Hands an event over if there is a free place, and back if there is none. Never waits.
    fn offer(&self, event: Event) -> Result<(), Event> {
        self.queue.try_send(event).map_err(|refused| match refused {
            TrySendError::Full(event) | TrySendError::Disconnected(event) => event,
        })
    }

    /// Waits until all that was accepted is delivered.
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}
