//! A payment service writes an audit trail. Requests hand their events over, and one thread ships them to a sink: a
//! disk, or a server far away. On most days the sink is faster than the requests.
//!
//! One day the sink hangs for a minute. The queue has 64 places, allocated once, and two policies for when they are
//! taken: `offer` hands the event back, for requests, which must never wait; `send` waits, for a nightly import. The
//! bound doesn't make the sink faster. It lets whoever hands events over know, while something can still be done about
//! it.
//!
//! | measure, all threads     |  budget | why                                                              |
//! |--------------------------|---------|------------------------------------------------------------------|
//! | peak, the sink stuck     | 131,072 | 64 events of a kilobyte wait, one is in the sink, one on its way |
//! | allocations, an event refused |       0 | it is handed back as it came                                     |

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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("unbounded_queue").peak(131_072);

fn event(number: usize) -> Event {
    let mut event = vec![b' '; 1_024];
    event[..8].copy_from_slice(&(number as u64).to_le_bytes());
    event
}

fn main() {
    measuring::show(BUDGET, || {
        let trail = Trail::start(drop);
        (0..PLACES).for_each(|number| trail.send(event(number)));
        let refused = trail.offer(event(PLACES)).is_err();
        trail.finish();
        refused
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::Duration;

    /// Far longer than any of this takes; what would wait for good fails after it.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Runs a test on a thread of its own, so that it fails where it would hang.
    fn in_time(test: impl FnOnce() + Send + 'static) {
        let (done, end) = mpsc::channel();
        // Under the test's name, which goes into its budget's verdict.
        let name = thread::current().name().unwrap_or("test").to_owned();
        let test = thread::Builder::new().name(name).spawn(move || {
            test();
            let _ = done.send(());
        });
        match end.recv_timeout(PATIENCE) {
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
            _ => test.unwrap().join().unwrap(),
        }
    }

    /// A trail whose sink is stuck in its first event until it is told to go on. Behind the sink, what it has seen.
    fn stuck() -> (Trail, mpsc::Sender<()>, mpsc::Receiver<Event>) {
        let (entered, enters) = mpsc::channel();
        let (go_on, told) = mpsc::channel::<()>();
        let (delivered, deliveries) = mpsc::channel();
        let mut first = true;
        let trail = Trail::start(move |event| {
            if std::mem::take(&mut first) {
                entered.send(()).unwrap();
                let _ = told.recv();
            }
            let _ = delivered.send(event);
        });
        trail.send(event(0));
        enters
            .recv_timeout(PATIENCE)
            .expect("the sink gets the first event");
        (trail, go_on, deliveries)
    }

    #[test]
    fn events_are_delivered_in_order() {
        in_time(|| {
            let (delivered, deliveries) = mpsc::channel();
            let trail = Trail::start(move |event| delivered.send(event).unwrap());
            (0..1_000).for_each(|number| trail.send(event(number)));
            trail.finish();
            assert!(deliveries.iter().eq((0..1_000).map(event)));
        });
    }

    #[test]
    fn an_offer_is_taken_while_there_is_room() {
        in_time(|| {
            let (trail, go_on, deliveries) = stuck();
            for number in 1..=PLACES {
                assert!(trail.offer(event(number)).is_ok(), "no place for {number}");
            }
            drop(go_on);
            trail.finish();
            assert!(deliveries.iter().eq((0..=PLACES).map(event)));
        });
    }

    #[test]
    fn an_offer_without_room_is_handed_back() {
        in_time(|| {
            let (trail, go_on, deliveries) = stuck();
            let places = 64;
            let refused: Vec<Event> = (1..1_000)
                .filter_map(|number| trail.offer(event(number)).err())
                .collect();
            assert!(refused.into_iter().eq((places + 1..1_000).map(event)));
            drop(go_on);
            trail.finish();
            assert!(deliveries.iter().eq((0..=places).map(event)));
        });
    }

    #[test]
    fn a_place_that_is_free_again_is_taken_again() {
        in_time(|| {
            let (trail, go_on, deliveries) = stuck();
            (1..=PLACES).for_each(|number| trail.send(event(number)));
            drop(go_on);
            // With the last event delivered, all places are free.
            for number in 0..=PLACES {
                assert!(deliveries.recv_timeout(PATIENCE) == Ok(event(number)));
            }
            for number in 1..=PLACES {
                assert!(trail.offer(event(number)).is_ok(), "no place for {number}");
            }
            trail.finish();
            assert!(deliveries.iter().eq((1..=PLACES).map(event)));
        });
    }

    #[test]
    fn finish_waits_for_the_sink() {
        in_time(|| {
            let delivered = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&delivered);
            // The sink takes its time over the first event; nobody tells it to go on.
            let (_never, told) = mpsc::channel::<()>();
            let mut slow = Duration::from_millis(300);
            let trail = Trail::start(move |_| {
                let _ = told.recv_timeout(std::mem::take(&mut slow));
                count.fetch_add(1, SeqCst);
            });
            (0..50).for_each(|number| trail.send(event(number)));
            trail.finish();
            assert_eq!(delivered.load(SeqCst), 50);
        });
    }

    #[test]
    fn what_waits_for_a_stuck_sink_stays_in_budget() {
        measuring::alone("tests::what_waits_for_a_stuck_sink_stays_in_budget", || {
            let delivered = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&delivered);
            BUDGET.assert_holds_in_process(|| {
                // Stuck until all events are handed over, which never happens where they have to wait for a place.
                let (all, told) = mpsc::sync_channel::<()>(1);
                let mut hang = Duration::from_millis(500);
                let trail = Trail::start(move |_| {
                    let _ = told.recv_timeout(std::mem::take(&mut hang));
                    count.fetch_add(1, SeqCst);
                });
                (0..2_000).for_each(|number| trail.send(event(number)));
                let _ = all.try_send(());
                trail.finish();
            });
            assert_eq!(delivered.load(SeqCst), 2_000);
        });
    }

    #[test]
    fn an_event_handed_back_stays_in_budget() {
        in_time(|| {
            let (trail, go_on, _deliveries) = stuck();
            let budget = measuring::Budget::of("unbounded_queue").allocations(0);
            let mut refused = 0;
            for number in 1..=2 * PLACES {
                let event = event(number);
                let (answer, cost) = measuring::heap(|| trail.offer(event));
                if answer.is_err() {
                    refused += 1;
                    budget.assert_allows(cost);
                }
            }
            assert_eq!(refused, PLACES);
            drop(go_on);
            trail.finish();
        });
    }
}
