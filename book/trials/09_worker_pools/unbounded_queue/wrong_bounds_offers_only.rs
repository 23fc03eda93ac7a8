//! Counts what waits, and asks the count in `offer` only: `send` fills the queue as before.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

/// How many events may wait, besides the one in the sink.
const PLACES: usize = 64;

type Event = Vec<u8>;

struct Trail {
    queue: Sender<Event>,
    waiting: Arc<AtomicUsize>,
    shipper: JoinHandle<()>,
}

impl Trail {
    fn start(sink: impl FnMut(Event) + Send + 'static) -> Self {
        let (queue, events) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&waiting);
        let mut sink = sink;
        let shipper = thread::spawn(move || {
            for event in events {
                count.fetch_sub(1, SeqCst);
                sink(event);
            }
        });
        Self {
            queue,
            waiting,
            shipper,
        }
    }

    /// Hands an event over, and waits for a free place if need be.
    fn send(&self, event: Event) {
        self.waiting.fetch_add(1, SeqCst);
        self.queue.send(event).expect("the shipper runs");
    }

    /// Hands an event over if there is a free place, and back if there is none. Never waits.
    fn offer(&self, event: Event) -> Result<(), Event> {
        if self.waiting.load(SeqCst) >= PLACES {
            return Err(event);
        }
        self.send(event);
        Ok(())
    }

    /// Waits until all that was accepted is delivered.
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}
