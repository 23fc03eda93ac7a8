//! A channel of tokio, whose blocking calls need no runtime.

#![forbid(unsafe_code)]

use std::thread::{self, JoinHandle};
use tokio::sync::mpsc::{self, Sender, error::TrySendError};
const PLACES: usize = 64;
type Event = Vec<u8>;
struct Trail {
    queue: Sender<Event>,
    shipper: JoinHandle<()>,
}
impl Trail {
    fn start(mut sink: impl FnMut(Event) + Send + 'static) -> Self {
        let (queue, mut events) = mpsc::channel(PLACES);
        let shipper = thread::spawn(move || {
            while let Some(event) = events.blocking_recv() {
                sink(event);
            }
        });
        Self { queue, shipper }
    }
    fn send(&self, event: Event) {
        self.queue.blocking_send(event).expect("the shipper runs");
    }
    fn offer(&self, event: Event) -> Result<(), Event> {
        self.queue.try_send(event).map_err(|refused| match refused {
            TrySendError::Full(event) | TrySendError::Closed(event) => event,
        })
    }
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}
