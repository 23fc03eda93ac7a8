//! A queue of fixed size and threads that park.

#![forbid(unsafe_code)]

use crossbeam::queue::ArrayQueue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;
const PLACES: usize = 64;
type Event = Vec<u8>;
struct Trail {
    queue: Arc<(ArrayQueue<Event>, AtomicBool)>,
    shipper: JoinHandle<()>,
}
impl Trail {
    fn start(mut sink: impl FnMut(Event) + Send + 'static) -> Self {
        let queue = Arc::new((ArrayQueue::new(PLACES), AtomicBool::new(false)));
        let its = Arc::clone(&queue);
        let shipper = thread::spawn(move || {
            loop {
                let over = its.1.load(SeqCst);
                match its.0.pop() {
                    Some(event) => sink(event),
                    None if over => return,
                    None => thread::park(),
                }
            }
        });
        Self { queue, shipper }
    }
    fn send(&self, event: Event) {
        let mut event = event;
        while let Err(back) = self.offer(event) {
            event = back;
            thread::sleep(Duration::from_micros(50));
        }
    }
    fn offer(&self, event: Event) -> Result<(), Event> {
        self.queue.0.push(event)?;
        self.shipper.thread().unpark();
        Ok(())
    }
    fn finish(self) {
        self.queue.1.store(true, SeqCst);
        self.shipper.thread().unpark();
        self.shipper.join().expect("the sink doesn't panic");
    }
}
