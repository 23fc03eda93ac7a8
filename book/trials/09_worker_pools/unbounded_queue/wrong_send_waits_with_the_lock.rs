//! A `send` waits for a place with a lock that offers need too.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
const PLACES: usize = 64;
type Event = Vec<u8>;
struct Trail {
    queue: Mutex<SyncSender<Event>>,
    shipper: JoinHandle<()>,
}
impl Trail {
    fn start(sink: impl FnMut(Event) + Send + 'static) -> Self {
        let (queue, events) = mpsc::sync_channel(PLACES);
        let shipper = thread::spawn(move || events.into_iter().for_each(sink));
        Self {
            queue: Mutex::new(queue),
            shipper,
        }
    }
    fn send(&self, event: Event) {
        self.queue
            .lock()
            .unwrap()
            .send(event)
            .expect("the shipper runs");
    }
    fn offer(&self, event: Event) -> Result<(), Event> {
        self.queue
            .lock()
            .unwrap()
            .try_send(event)
            .map_err(|refused| match refused {
                TrySendError::Full(event) | TrySendError::Disconnected(event) => event,
            })
    }
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}
