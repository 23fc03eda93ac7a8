//! Reserves 20,000 bytes that no event ever needs.

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
        let spare = Vec::<u8>::with_capacity(20_000);
        let sink = {
            let mut sink = sink;
            move |event| {
                let _spare = &spare;
                sink(event)
            }
        };
        let shipper = thread::spawn(move || events.into_iter().for_each(sink));
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
