//! A stack instead of a queue.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

const PLACES: usize = 64;

type Event = Vec<u8>;

#[derive(Default)]
struct Shared {
    queue: Mutex<(VecDeque<Event>, bool)>,
    more: Condvar,
    room: Condvar,
}

struct Trail {
    shared: Arc<Shared>,
    shipper: JoinHandle<()>,
}

impl Trail {
    fn start(mut sink: impl FnMut(Event) + Send + 'static) -> Self {
        let shared = Arc::<Shared>::default();
        let its = Arc::clone(&shared);
        let shipper = thread::spawn(move || {
            loop {
                let queue = its.queue.lock().unwrap();
                let mut queue = its
                    .more
                    .wait_while(queue, |queue| queue.0.is_empty() && !queue.1)
                    .unwrap();
                let Some(event) = queue.0.pop_back() else {
                    return;
                };
                drop(queue);
                its.room.notify_one();
                sink(event);
            }
        });
        Self { shared, shipper }
    }
    fn send(&self, event: Event) {
        let queue = self.shared.queue.lock().unwrap();
        let mut queue = self
            .shared
            .room
            .wait_while(queue, |queue| queue.0.len() >= PLACES)
            .unwrap();
        queue.0.push_back(event);
        self.shared.more.notify_one();
    }
    fn offer(&self, event: Event) -> Result<(), Event> {
        let mut queue = self.shared.queue.lock().unwrap();
        if queue.0.len() >= PLACES {
            return Err(event);
        }
        queue.0.push_back(event);
        self.shared.more.notify_one();
        Ok(())
    }
    fn finish(self) {
        self.shared.queue.lock().unwrap().1 = true;
        self.shared.more.notify_one();
        self.shipper.join().expect("the sink doesn't panic");
    }
}
