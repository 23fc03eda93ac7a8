//! An offer to a full queue sleeps and tries again.

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
    fn start(sink: impl FnMut(Event) + Send + 'static) -> Self {
        let (queue, events) = mpsc::sync_channel(PLACES);
        let shipper = thread::spawn(move || events.into_iter().for_each(sink));
        Self { queue, shipper }
    }

    /// Hands an event over, and waits for a free place if need be.
    fn send(&self, event: Event) {
        self.queue.send(event).expect("the shipper runs");
    }

    /// Hands an event over if there is a free place, and back if there is none. Never waits.
    fn offer(&self, event: Event) -> Result<(), Event> {
        let mut event = event;
        for _ in 0..10 {
            match self.queue.try_send(event) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(it) | TrySendError::Disconnected(it)) => event = it,
            }
            thread::sleep(std::time::Duration::from_micros(100));
        }
        Err(event)
    }

    /// Waits until all that was accepted is delivered.
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}
