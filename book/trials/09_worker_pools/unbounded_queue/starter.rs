//! A payment service writes an audit trail. Requests hand their events over, and one thread ships
//! them to a sink: a disk, or a server far away. One day the sink hangs for a minute. The queue
//! takes two thousand events per second, a kilobyte each, until the process is killed, and the
//! events with it.
//!
//! So at most 64 events wait besides the one in the sink, however many threads hand events over. A
//! request never waits: `offer` hands its event back when 64 wait, so that after 64 the 65th gives
//! `Err(event)`. An import has time: `send` waits for a place. An accepted event is delivered
//! soon, once and in order, also if no other follows. std, crossbeam or tokio will do.
//!
//! | all threads counted            | budget | why                                             |
//! |--------------------------------|--------|-------------------------------------------------|
//! | peak, the sink stuck           | 77,000 | 64 events of 1,024 bytes wait, and two don't    |
//! | live, all delivered            |  6,144 | an empty queue                                  |
//! | allocations, 64 refused offers |      0 | each event is handed back as it came            |

#![forbid(unsafe_code)]

use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

/// How many events may wait, besides the one in the sink.
const PLACES: usize = 64;

type Event = Vec<u8>;

struct Trail {
    queue: Sender<Event>,
    shipper: JoinHandle<()>,
}

impl Trail {
    fn start(sink: impl FnMut(Event) + Send + 'static) -> Self {
        // TODO: this queue is never full. `send` and `offer` below rely on that.
        let (queue, events) = mpsc::channel();
        let shipper = thread::spawn(move || events.into_iter().for_each(sink));
        Self { queue, shipper }
    }

    /// Hands an event over, and waits for a free place if PLACES events wait.
    fn send(&self, event: Event) {
        self.queue.send(event).expect("the shipper runs");
    }

    /// Hands an event over, or back if PLACES events wait. Never waits itself.
    fn offer(&self, event: Event) -> Result<(), Event> {
        self.queue.send(event).map_err(|refused| refused.0)
    }

    /// Waits until every accepted event is delivered.
    fn finish(self) {
        drop(self.queue);
        self.shipper.join().expect("the sink doesn't panic");
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Of the whole process: the shipper's allocations count too.
const BUDGET: measuring::Budget = measuring::Budget::of("unbounded_queue").peak(77_000);

/// An event of a kilobyte that begins with its number.
fn event(number: usize) -> Vec<u8> {
    let mut event = vec![b' '; 1_024];
    event[..8].copy_from_slice(&(number as u64).to_le_bytes());
    event
}

/// Shows the allocations of this thread, on which nothing is freed; the tests count all threads.
fn main() {
    measuring::show(BUDGET, || {
        let trail = Trail::start(drop);
        (1..PLACES).for_each(|number| trail.send(event(number)));
        let refused = trail.offer(event(PLACES)).is_err();
        trail.finish();
        refused
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::sync::{Arc, Barrier};
    use std::thread;
    use std::time::{Duration, Instant};

    /// As many as the statement says.
    const MOST: usize = 64;

    /// Far longer than any of this takes.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// The number of an event that is otherwise as it was made.
    fn number(event: &[u8]) -> Option<usize> {
        let start = event.get(..8)?.try_into().ok()?;
        let number = usize::try_from(u64::from_le_bytes(start)).ok()?;
        (super::event(number) == event).then_some(number)
    }

    fn numbers(events: impl IntoIterator<Item = Vec<u8>>) -> Vec<Option<usize>> {
        events.into_iter().map(|event| number(&event)).collect()
    }

    fn all_of(numbers: impl IntoIterator<Item = usize>) -> Vec<Option<usize>> {
        numbers.into_iter().map(Some).collect()
    }

    /// A trail whose sink is stuck in event 0 until the sender is dropped, and what the sink saw.
    /// Should a call wait for the sink that mustn't, then the sink goes on after three seconds.
    fn stuck() -> (Trail, Sender<()>, Receiver<Vec<u8>>) {
        let (entered, enters) = mpsc::channel();
        let (go_on, told) = mpsc::channel::<()>();
        let (delivered, deliveries) = mpsc::channel();
        let mut first = true;
        let trail = Trail::start(move |event| {
            if std::mem::take(&mut first) {
                entered.send(()).unwrap();
                let _ = told.recv_timeout(Duration::from_secs(3));
            }
            let _ = delivered.send(event);
        });
        trail.send(event(0));
        let entered = enters.recv_timeout(PATIENCE).is_ok();
        assert!(entered, "the sink didn't get the first event within 2 s");
        (trail, go_on, deliveries)
    }

    /// Nothing in an event says that it is the last.
    #[measuring::test]
    fn an_event_may_be_empty_or_large() {
        awaiting("send or finish, with events of 0 to 100,000 bytes");
        let (delivered, deliveries) = mpsc::channel();
        let trail = Trail::start(move |event: Vec<u8>| delivered.send(event.len()).unwrap());
        let lengths = [7, 0, 100_000, 0, 0, 65_536, 1];
        lengths
            .iter()
            .for_each(|length| trail.send(vec![7; *length]));
        let offered = trail.offer(vec![]).is_ok();
        assert!(
            offered,
            "an offer was handed back, with at most 7 events waiting"
        );
        trail.finish();
        let came: Vec<usize> = deliveries.iter().collect();
        assert_gives("lengths of events", &came, &[&lengths[..], &[0]].concat());
    }

    #[measuring::test]
    fn an_event_reaches_an_idle_sink() {
        awaiting("send or finish, with a quick sink");
        let (delivered, deliveries) = mpsc::channel();
        let trail = Trail::start(move |event| delivered.send(event).unwrap());
        for turn in 0..6 {
            // By now the shipper waits for an event.
            thread::sleep(Duration::from_millis(30));
            let how = if turn % 2 == 0 { "offered" } else { "sent" };
            let accepted = match how {
                "offered" => trail.offer(event(turn)).is_ok(),
                _ => {
                    trail.send(event(turn));
                    true
                }
            };
            assert!(
                accepted,
                "an event that was offered to an idle trail was handed back"
            );
            let came = deliveries.recv_timeout(PATIENCE).ok();
            let came = came.and_then(|event| number(&event));
            assert_gives(
                format_args!("within 2 s, an event {how} to an idle trail"),
                &came,
                &Some(turn),
            );
        }
        trail.finish();
    }

    #[measuring::test]
    fn sixty_four_offers_are_taken_and_no_more() {
        awaiting("offer, with a stuck sink");
        let (trail, go_on, deliveries) = stuck();
        let mut refused = vec![];
        for number in 1..1_000 {
            let event = event(number);
            let place = event.as_ptr();
            let Err(back) = trail.offer(event) else {
                continue;
            };
            assert!(
                back.as_ptr() == place,
                "offer handed back a copy of event {number}"
            );
            refused.push(back);
        }
        let came = numbers(refused);
        let expected = all_of(MOST + 1..1_000);
        assert_gives("refused of 999 offers", &came, &expected);
        awaiting("finish, with 64 events in the queue");
        drop(go_on);
        trail.finish();
        let came = numbers(deliveries);
        assert_gives("delivered of 999 offers", &came, &all_of(0..=MOST));
    }

    #[measuring::test]
    fn a_place_that_is_free_again_is_taken_again() {
        awaiting("send or offer, with at most 64 events waiting");
        let (trail, go_on, deliveries) = stuck();
        (1..=MOST).for_each(|number| trail.send(event(number)));
        drop(go_on);
        // With the last event delivered, all places are free.
        for expected in 0..=MOST {
            let came = deliveries.recv_timeout(PATIENCE).ok();
            let came = came.and_then(|event| number(&event));
            assert_gives("the next event within 2 s", &came, &Some(expected));
        }
        for number in 1..=MOST {
            let taken = trail.offer(event(number)).is_ok();
            assert!(
                taken,
                "offer {number} was handed back, with fewer than 64 events waiting"
            );
        }
        trail.finish();
        assert_gives(
            "delivered after that",
            &numbers(deliveries),
            &all_of(1..=MOST),
        );
    }

    /// A thousand per second is what one gets who waits for a millisecond each.
    #[measuring::test]
    fn an_offer_never_waits() {
        awaiting("offer, with a stuck sink");
        let (trail, go_on, _deliveries) = stuck();
        (1..=MOST).for_each(|number| trail.send(event(number)));
        let (start, mut refused, mut offered) = (Instant::now(), 0, event(65));
        while refused < 10_000 && start.elapsed() < Duration::from_secs(1) {
            let Err(back) = trail.offer(offered) else {
                panic!("offer {refused} was taken, with 64 events waiting");
            };
            (offered, refused) = (back, refused + 1);
        }
        drop(go_on);
        trail.finish();
        assert_gives("offers that are refused within a second", &refused, &10_000);
    }

    #[measuring::test]
    fn an_offer_waits_for_no_send() {
        awaiting("finish, with a quick sink");
        let (trail, go_on, _deliveries) = stuck();
        (1..=MOST).for_each(|number| trail.send(event(number)));
        let trail = Arc::new(trail);
        let (sender, offerer) = (Arc::clone(&trail), Arc::clone(&trail));
        let sends = thread::spawn(move || sender.send(event(65)));
        // By now it waits for a place.
        thread::sleep(Duration::from_millis(50));
        let (answer, answers) = mpsc::channel();
        let offers = thread::spawn(move || answer.send(offerer.offer(event(66)).is_err()));
        let came = answers.recv_timeout(PATIENCE);
        assert_gives(
            "within 2 s, whether an offer is refused while a send waits",
            &came,
            &Ok(true),
        );
        drop(go_on);
        sends.join().unwrap();
        let _ = offers.join().unwrap();
        Arc::into_inner(trail).unwrap().finish();
    }

    #[measuring::test]
    fn all_who_wait_get_their_place() {
        awaiting("eight sends, once the sink goes on");
        for turn in 0..6 {
            let (trail, go_on, deliveries) = stuck();
            (1..=MOST).for_each(|number| trail.send(event(number)));
            let trail = Arc::new(trail);
            let (returned, returns) = mpsc::channel();
            for number in 0..8 {
                let (trail, returned) = (Arc::clone(&trail), returned.clone());
                thread::spawn(move || {
                    trail.send(event(100 + number));
                    let _ = returned.send(());
                });
            }
            let early = returns
                .recv_timeout(Duration::from_millis(if turn == 0 { 100 } else { 20 }))
                .is_ok();
            assert!(!early, "a send returned while 64 events waited");
            drop(go_on);
            let end = Instant::now() + PATIENCE;
            let in_time = || returns.recv_timeout(end.saturating_duration_since(Instant::now()));
            let came = (0..8).take_while(|_| in_time().is_ok()).count();
            assert_gives(
                "sends of 8 that return within 2 s, once the sink goes on",
                &came,
                &8,
            );
            // A thread drops its share of the trail a moment after it has told.
            while Arc::strong_count(&trail) > 1 {
                thread::yield_now();
            }
            awaiting("finish");
            Arc::into_inner(trail).unwrap().finish();
            let mut came = numbers(deliveries);
            came[MOST + 1..].sort();
            assert_gives("delivered", &came, &all_of((0..=MOST).chain(100..108)));
        }
    }

    /// Six threads send and two offer, as fast as they can. The sink looks how many are accepted.
    #[measuring::test]
    fn many_threads_dont_overfill_the_queue() {
        awaiting("send or finish, with eight threads that hand events over");
        let (accepted, over) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let most = Arc::new(AtomicUsize::new(0));
        let (delivered, deliveries) = mpsc::channel();
        let (count, waiting) = (Arc::clone(&accepted), Arc::clone(&most));
        let mut entered = 0;
        let trail = Trail::start(move |event| {
            entered += 1;
            if entered < 400 {
                thread::sleep(Duration::from_micros(200));
            }
            // An event counts as accepted a moment after it is, so this is never too many.
            let now = count.load(SeqCst).saturating_sub(entered);
            waiting.fetch_max(now, SeqCst);
            let _ = delivered.send(number(&event));
        });
        let start = Barrier::new(8);
        let offered = thread::scope(|scope| {
            let senders = (0..6).map(|sender| {
                let (trail, start, accepted) = (&trail, &start, &accepted);
                scope.spawn(move || {
                    start.wait();
                    for number in 0..200 {
                        trail.send(event(sender * 1_000 + number));
                        accepted.fetch_add(1, SeqCst);
                    }
                })
            });
            let senders: Vec<_> = senders.collect();
            let offerers = (6..8).map(|offerer| {
                let (trail, start, accepted, over) = (&trail, &start, &accepted, &over);
                scope.spawn(move || {
                    start.wait();
                    let mut number = 0;
                    while !over.load(SeqCst) && number < 900 {
                        if trail.offer(event(offerer * 1_000 + number)).is_ok() {
                            accepted.fetch_add(1, SeqCst);
                            number += 1;
                        }
                    }
                    number
                })
            });
            let offerers: Vec<_> = offerers.collect();
            senders
                .into_iter()
                .for_each(|sender| sender.join().unwrap());
            over.store(true, SeqCst);
            offerers
                .into_iter()
                .map(|offerer| offerer.join().unwrap())
                .collect::<Vec<_>>()
        });
        trail.finish();
        let most = most.load(SeqCst);
        assert!(
            most <= MOST,
            "{most} events waited, of at most 64, with several threads that hand over"
        );
        let came: Vec<Option<usize>> = deliveries.iter().collect();
        for thread in 0..8 {
            let of_it =
                |number: &Option<usize>| number.is_none_or(|number| number / 1_000 == thread);
            let came: Vec<_> = came.iter().copied().filter(of_it).collect();
            let count = if thread < 6 { 200 } else { offered[thread - 6] };
            let expected = all_of((0..count).map(|number| thread * 1_000 + number));
            assert_gives(
                format_args!("delivered of thread {thread}"),
                &came,
                &expected,
            );
        }
    }

    /// One place becomes free, and two threads offer at the same moment; again and again.
    #[measuring::test]
    fn the_last_place_is_taken_once() {
        awaiting("offer or finish, with a sink that takes one event at a time");
        let (step, steps) = mpsc::channel();
        let (entered, enters) = mpsc::channel();
        let trail = Trail::start(move |_| {
            let _ = entered.send(());
            let _ = steps.recv_timeout(PATIENCE);
        });
        (0..=MOST).for_each(|_| trail.send(vec![7]));
        enters
            .recv_timeout(PATIENCE)
            .expect("the sink gets an event within 2 s");
        let (turn, answered, taken) = (
            AtomicUsize::new(0),
            AtomicUsize::new(0),
            AtomicUsize::new(0),
        );
        let offer = || {
            let accepted = trail.offer(vec![7]).is_ok();
            taken.fetch_add(usize::from(accepted), SeqCst);
        };
        let turns = thread::scope(|scope| {
            scope.spawn(|| {
                for next in 1.. {
                    until(|| turn.load(SeqCst) >= next);
                    if turn.load(SeqCst) > next {
                        return;
                    }
                    offer();
                    answered.fetch_add(1, SeqCst);
                }
            });
            let (start, mut turns) = (Instant::now(), 0);
            while taken.load(SeqCst) == turns && start.elapsed() < Duration::from_secs(1) {
                turns += 1;
                let _ = step.send(());
                let Ok(()) = enters.recv_timeout(PATIENCE) else {
                    break;
                };
                turn.store(turns, SeqCst);
                pause(turns % 20);
                offer();
                until(|| answered.load(SeqCst) == turns);
            }
            turn.store(usize::MAX, SeqCst);
            turns
        });
        drop(step);
        trail.finish();
        let what = format_args!("offers that were taken when {turns} places became free");
        assert_gives(what, &taken.into_inner(), &turns);
    }

    #[measuring::test]
    fn finish_waits_for_the_sink() {
        awaiting("finish, with a slow sink");
        // The first event is slow, or the last, behind which the queue is empty.
        for slow in [0, 49] {
            let delivered = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&delivered);
            let trail = Trail::start(move |event| {
                if number(&event) == Some(slow) {
                    thread::sleep(Duration::from_millis(300));
                }
                count.fetch_add(1, SeqCst);
            });
            (0..50).for_each(|number| trail.send(event(number)));
            trail.finish();
            let what =
                format_args!("delivered of 50 when finish returned, event {slow} being slow");
            assert_gives(what, &delivered.load(SeqCst), &50);
        }
    }

    /// Again and again, at all moments: a shipper that looked before it began to wait hears of the
    /// end too.
    #[measuring::test]
    fn finish_reaches_a_shipper_that_begins_to_wait() {
        awaiting("finish, of a trail that has just delivered its only event");
        let (start, mut turn) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_millis(1_500) {
            let delivered = Arc::new(AtomicBool::new(false));
            let tells = Arc::clone(&delivered);
            let trail = Trail::start(move |_| tells.store(true, SeqCst));
            trail.send(vec![7]);
            until(|| delivered.load(SeqCst));
            pause(turn % 128);
            trail.finish();
            turn += 1;
        }
    }

    /// A few nanoseconds per step.
    fn pause(steps: usize) {
        for step in 0..steps {
            std::hint::black_box(step);
        }
    }

    /// Waits for a moment that is near, without sleep.
    fn until(reached: impl Fn() -> bool) {
        for turn in 1.. {
            if reached() {
                return;
            }
            std::hint::spin_loop();
            if turn % 500 == 0 {
                thread::yield_now();
            }
        }
    }

    /// Two thousand events, of which the sink keeps the first for a third of a second.
    #[measuring::test]
    fn a_day_with_a_stuck_sink_stays_in_budget() {
        awaiting("send or finish, with a sink that is stuck for 0.3 s");
        let delivered = BUDGET.live(6_144).assert_holds_in_process(|| {
            let delivered = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&delivered);
            let trail = Trail::start(move |_| {
                if count.fetch_add(1, SeqCst) == 0 {
                    thread::sleep(Duration::from_millis(300));
                }
            });
            (0..2_000).for_each(|number| trail.send(event(number)));
            trail.finish();
            // The shipper's thread ends a moment after its last event.
            thread::sleep(Duration::from_millis(50));
            delivered.load(SeqCst)
        });
        assert_gives("delivered of 2,000", &delivered, &2_000);
    }

    #[measuring::test]
    fn an_idle_trail_stays_in_budget() {
        awaiting("send, with a quick sink");
        let budget = Budget::of("unbounded_queue").live(6_144);
        let trail = budget.assert_holds_in_process(|| {
            let (delivered, deliveries) = mpsc::sync_channel(1);
            let trail = Trail::start(move |event| {
                drop(event);
                let _ = delivered.send(());
            });
            for _ in 0..2_000 {
                trail.send(vec![7; 20_000]);
                deliveries
                    .recv_timeout(PATIENCE)
                    .expect("each event is delivered within 2 s");
            }
            thread::sleep(Duration::from_millis(20));
            trail
        });
        trail.finish();
    }

    #[measuring::test]
    fn refused_offers_stay_in_budget() {
        awaiting("offer, with a stuck sink");
        let (trail, go_on, _deliveries) = stuck();
        (1..=MOST).for_each(|number| trail.send(event(number)));
        let mut events: Vec<Option<Vec<u8>>> =
            (0..MOST).map(|number| Some(event(number))).collect();
        let budget = Budget::of("unbounded_queue").allocations(0).live(0);
        budget.assert_holds_in_process(|| {
            for event in &mut events {
                *event = event.take().and_then(|event| trail.offer(event).err());
            }
        });
        let refused = events.into_iter().flatten().count();
        assert_gives("refused of 64 offers to a full queue", &refused, &MOST);
        drop(go_on);
        trail.finish();
    }
}
