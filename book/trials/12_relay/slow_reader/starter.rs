//! Events wait for a client until it takes them. Most clients take them at once, some late, and some never: each has so
//! many bytes, and what doesn't fit is refused. The relay then drops the client, with a word about it. An event that a
//! client gets for several subscriptions, one behind the other, counts once.
//!
//! As written, the bound holds, and it lies: each event is copied for each client, so 300 slow ones hold 300 copies.
//! And a queue keeps the room of its busiest moment. Keep what is shared, and give room back also where the queue is
//! never quite empty. The relay with your part: `cargo test -p relay --features slow_reader --test live --test server`.
//!
//! | measure                           |    budget | why                                                      |
//! |-----------------------------------|-----------|----------------------------------------------------------|
//! | allocations, 100 events to 300 clients |     3,000 | a queue that doubles for each client                     |
//! | live, then                        | 2,000,000 | 30,000 places of 40 bytes, and spare room                |
//! | allocations, events that are taken     |         0 | what waits has its place, and nothing is copied          |
//! | live, after a burst was taken     |     8,192 | a few events wait still                                  |

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

/// What an event counts for besides its bytes.
pub const EACH: usize = 64;

/// The events that wait for a client, and the name of the subscription that each is for.
#[derive(Debug, Default)]
pub struct Queue {
    // TODO: whose bytes are these?
    waiting: VecDeque<(Vec<u8>, Vec<u8>, usize)>,
}

impl Queue {
    /// Has an event wait, where it fits into so many bytes. For how many it counts: its own and [`EACH`], or no more
    /// than `EACH` where the event before it is the same allocation. Nothing is kept of what doesn't fit.
    pub fn push(&mut self, name: &Arc<[u8]>, event: &Arc<[u8]>, room: usize) -> Option<usize> {
        let last = self.waiting.back();
        let again = last.is_some_and(|(_, last, _)| last[..] == event[..]);
        let cost = if again { EACH } else { EACH + event.len() };
        if cost > room {
            return None;
        }
        self.waiting
            .push_back((name.to_vec(), event.to_vec(), cost));
        Some(cost)
    }

    /// Hands on the event that has waited longest. For how many bytes it counted.
    pub fn pop(&mut self, send: impl FnOnce(&[u8], &[u8])) -> Option<usize> {
        let (name, event, cost) = self.waiting.pop_front()?;
        send(&name, &event);
        Some(cost)
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("slow_reader")
    .allocations(3_000)
    .live(2_000_000);

fn main() {
    let events = events(100);
    measuring::show(BUDGET, || publish(&events, 300).pop()?.pop(|_, _| ()));
}

fn bytes(text: &str) -> std::sync::Arc<[u8]> {
    text.as_bytes().into()
}

fn events(count: usize) -> Vec<std::sync::Arc<[u8]>> {
    (0..count).map(|at| bytes(&format!("{at:01000}"))).collect()
}

/// Events for so many clients, none of whom takes any.
fn publish(events: &[std::sync::Arc<[u8]>], clients: usize) -> Vec<Queue> {
    let mut queues: Vec<Queue> = (0..clients).map(|_| Queue::default()).collect();
    let name = bytes("feed");
    for event in events {
        for queue in &mut queues {
            queue.push(&name, event, 1_100);
        }
    }
    queues
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::fmt::Debug;
    use std::hint::black_box;
    use std::sync::Arc;

    /// All that waits is taken: names, events, and what they counted for together.
    fn take(queue: &mut Queue) -> (Vec<(String, String)>, usize) {
        let (mut taken, mut cost) = (Vec::new(), 0);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        while let Some(freed) = queue.pop(|name, event| taken.push((text(name), text(event)))) {
            cost += freed;
        }
        (taken, cost)
    }

    /// The relay keeps it behind a lock, and shows it.
    #[test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send + Debug + Default>(_: T) {}
        fits(Queue::default());
    }

    #[test]
    fn events_are_taken_in_their_order_with_their_names() {
        let mut queue = Queue::default();
        let (a, b) = (bytes("a"), bytes("b"));
        assert_eq!(queue.push(&a, &bytes("first"), 1_000), Some(EACH + 5));
        assert_eq!(queue.push(&b, &bytes(""), 1_000), Some(EACH));
        assert_eq!(queue.push(&b, &bytes("the third"), 1_000), Some(EACH + 9));
        let expected = [("a", "first"), ("b", ""), ("b", "the third")];
        let expected = expected.map(|(name, event)| (name.to_owned(), event.to_owned()));
        assert_eq!(take(&mut queue), (expected.to_vec(), 3 * EACH + 14));
        assert_eq!(queue.pop(|_, _| unreachable!("nothing waits")), None);
        assert_eq!(queue.push(&a, &bytes("anew"), 1_000), Some(EACH + 4));
        assert_eq!(take(&mut queue).0.len(), 1);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_of_it_kept() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes("12345"));
        assert_eq!(queue.push(&name, &event, EACH + 4), None);
        assert_eq!(queue.push(&name, &event, 0), None);
        assert_eq!(queue.push(&name, &event, EACH + 5), Some(EACH + 5));
        assert_eq!(queue.push(&name, &bytes("6"), EACH), None);
        assert_eq!(
            take(&mut queue),
            (vec![("a".into(), "12345".into())], EACH + 5)
        );
        assert_eq!(
            (Arc::strong_count(&name), Arc::strong_count(&event)),
            (1, 1)
        );
    }

    #[test]
    fn one_for_several_subscriptions_counts_once() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes(&"x".repeat(500)));
        assert_eq!(queue.push(&name, &event, 600), Some(EACH + 500));
        assert_eq!(queue.push(&name, &event, EACH), Some(EACH));
        assert_eq!(queue.push(&name, &event, EACH - 1), None);
        assert_eq!(queue.push(&name, &bytes("y"), 600), Some(EACH + 1));
        // Others lie between, or have been taken: it counts again.
        assert_eq!(queue.push(&name, &event, 600), Some(EACH + 500));
        let (taken, cost) = take(&mut queue);
        assert_eq!((taken.len(), cost), (4, 4 * EACH + 1_001));
        assert_eq!(queue.push(&name, &event, 600), Some(EACH + 500));
    }

    /// What was counted when it came is what is freed when it goes, however they mix.
    #[test]
    fn the_count_is_right_at_any_time() {
        let (mut queue, mut waits, mut sent) = (Queue::default(), 0, 0);
        let (name, events) = (bytes("a"), events(7));
        for step in 0..5_000usize {
            let event = &events[step / 3 % 7][step % 3 / 2 * 990..];
            let event = if step % 3 == 2 {
                Arc::from(event)
            } else {
                events[step / 3 % 7].clone()
            };
            let room = 20_000 - waits;
            match queue.push(&name, &event, room) {
                Some(cost) => waits += cost,
                None => assert!(room < EACH + 1_000),
            }
            assert!(waits <= 20_000);
            for _ in 0..step * 7 % 5 / 2 + step % 2 {
                waits -= queue.pop(|_, event| sent += event.len()).unwrap_or(0);
            }
        }
        assert_eq!(take(&mut queue).1, waits);
        assert!(sent > 1_000_000);
    }

    #[test]
    fn what_was_taken_is_held_no_longer() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes("b"));
        for _ in 0..3 {
            queue.push(&name, &event, 1_000);
        }
        take(&mut queue);
        assert_eq!(
            (Arc::strong_count(&name), Arc::strong_count(&event)),
            (1, 1)
        );
        queue.push(&name, &event, 1_000);
        drop(queue);
        assert_eq!(
            (Arc::strong_count(&name), Arc::strong_count(&event)),
            (1, 1)
        );
    }

    #[test]
    fn three_hundred_slow_clients_stay_in_budget() {
        let events = events(100);
        let mut queues = BUDGET.assert_holds(|| publish(black_box(&events), 300));
        let (taken, cost) = take(&mut queues[299]);
        assert_eq!((taken.len(), cost), (100, 100 * (EACH + 1_000)));
    }

    #[test]
    fn events_that_are_taken_cost_nothing() {
        let (mut queue, name, events) = (Queue::default(), bytes("a"), events(20));
        let mut sent = 0;
        let mut round = || {
            for event in &events {
                queue.push(&name, black_box(event), 2_000);
            }
            while queue.pop(|_, event| sent += event.len()).is_some() {}
        };
        (0..5).for_each(|_| round());
        Budget::of("slow_reader")
            .allocations(0)
            .assert_holds(|| (0..100).for_each(|_| round()));
        assert_eq!(sent, 105 * 20 * 1_000);
    }

    /// Of 5,000 that waited, three do still, and the client is always so far behind from then on.
    #[test]
    fn the_room_of_a_burst_is_given_back() {
        let (name, events) = (bytes("a"), events(3));
        let budget = Budget::of("slow_reader").live(8_192);
        budget.assert_holds(|| {
            let mut queue = Queue::default();
            for at in 0..5_000 {
                queue.push(&name, &events[at % 3], 2_000);
            }
            (3..5_000).for_each(|_| _ = queue.pop(|_, _| ()));
            for at in 0..1_000 {
                queue.push(&name, &events[at % 3], 2_000);
                queue.pop(|_, _| ());
            }
            queue
        });
    }
}
