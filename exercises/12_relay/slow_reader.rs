//! Events wait for a client until it takes them. Some clients never do, so each has a number of
//! bytes, and an event that doesn't fit is refused. An event counts `EACH` and its length; if the
//! event queued before it is the same `Arc`, for another subscription, it counts just `EACH`: an
//! event of 500 bytes, pushed twice, counts 564 and then 64. `pop` frees what `push` counted. A
//! client may be a little behind for ever, or have 200,000 events waiting.
//!
//! As written, each event is copied for each client, and a queue keeps the capacity of its busiest
//! moment. To run the relay with your part:
//! `cargo test -p relay --features slow_reader --test live --test server`.
//!
//! | measure                       | what             |        budget | why                      |
//! |-------------------------------|------------------|--------------:|--------------------------|
//! | n events, 300 clients         | allocations      |         3,000 | a queue doubles          |
//! |                               | live, per client |    66 n + 512 | 40 bytes each, and spare |
//! | a burst of 5,000, w wait then | allocations      |            60 | it seldom moves          |
//! |                               | bytes            |     1,600,000 | not all per event        |
//! |                               | live             | 320 w + 8,192 | its capacity is freed    |
//! | 30 come and go, at any length | allocations      |             2 | they have their place    |

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes that an event counts besides its own.
pub const EACH: usize = 64;

/// The events that wait for a client, and the name of the subscription that each is for.
#[derive(Debug, Default)]
pub struct Queue {
    // TODO: 300 clients hold 300 copies of an event, and a queue never gets smaller.
    waiting: VecDeque<(Vec<u8>, Vec<u8>, usize)>,
    /// The event that waits at the end.
    last: Option<Arc<[u8]>>,
}

impl Queue {
    /// Queues an event if it counts at most `free` bytes. Returns what it counts: its length plus
    /// `EACH`, or just `EACH` if the event queued before it is the same `Arc`. Returns `None` if it
    /// doesn't fit, and keeps nothing of it.
    pub fn push(&mut self, name: &Arc<[u8]>, event: &Arc<[u8]>, free: usize) -> Option<usize> {
        let again = self
            .last
            .as_ref()
            .is_some_and(|last| Arc::ptr_eq(last, event));
        let cost = if again { EACH } else { EACH + event.len() };
        if cost > free {
            return None;
        }
        self.waiting
            .push_back((name.to_vec(), event.to_vec(), cost));
        self.last = Some(event.clone());
        Some(cost)
    }

    /// Hands the name and bytes of the oldest event to `send`. Returns what the event counted.
    pub fn pop(&mut self, send: impl FnOnce(&[u8], &[u8])) -> Option<usize> {
        let (name, event, cost) = self.waiting.pop_front()?;
        if self.waiting.is_empty() {
            self.last = None;
        }
        send(&name, &event);
        Some(cost)
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

/// What so many events to each of so many clients may cost.
const fn budget(events: usize, clients: usize) -> measuring::Budget {
    let live = clients * (66 * events + 512);
    measuring::Budget::of("slow_reader")
        .allocations(10 * clients as u64)
        .live(live as i64)
}

fn main() {
    let events = events(100);
    measuring::show(budget(100, 300), || {
        let mut queues = publish(&events, 300);
        (queues[0].pop(|_, _| ()), queues)
    });
}

fn bytes(text: &str) -> std::sync::Arc<[u8]> {
    text.as_bytes().into()
}

fn events(count: usize) -> Vec<std::sync::Arc<[u8]>> {
    (0..count).map(|at| bytes(&format!("{at:01000}"))).collect()
}

/// Events for so many clients, none of which takes any.
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
    use measuring::{Budget, assert_gives, awaiting};
    use std::fmt::Debug;
    use std::hint::black_box;
    use std::sync::Arc;

    /// Takes all events: names, events, and what they counted together.
    fn take(queue: &mut Queue) -> (Vec<(String, String)>, usize) {
        let (mut taken, mut cost) = (Vec::new(), 0);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        while let Some(freed) = queue.pop(|name, event| taken.push((text(name), text(event)))) {
            cost += freed;
        }
        (taken, cost)
    }

    #[track_caller]
    fn assert_counts(what: &str, came: Option<usize>, expected: Option<usize>) {
        assert_gives(format_args!("push of {what}"), &came, &expected);
    }

    /// The relay keeps it behind a lock, and shows it.
    #[measuring::test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send + Debug + Default>(_: T) {}
        fits(Queue::default());
    }

    #[measuring::test]
    fn events_are_taken_in_their_order_with_their_names() {
        let mut queue = Queue::default();
        let (a, b) = (bytes("a"), bytes("b"));
        assert_counts(
            "5 bytes",
            queue.push(&a, &bytes("first"), 1_000),
            Some(EACH + 5),
        );
        assert_counts("0 bytes", queue.push(&b, &bytes(""), 1_000), Some(EACH));
        assert_counts(
            "9 bytes",
            queue.push(&b, &bytes("the third"), 1_000),
            Some(EACH + 9),
        );
        let expected = [("a", "first"), ("b", ""), ("b", "the third")];
        let expected = expected.map(|(name, event)| (name.to_owned(), event.to_owned()));
        let came = take(&mut queue);
        assert_gives(
            "all that is taken",
            &came,
            &(expected.to_vec(), 3 * EACH + 14),
        );
        let came = queue.pop(|_, _| unreachable!("nothing waits"));
        assert_gives("pop when nothing waits", &came, &None);
        assert_counts(
            "4 bytes, then",
            queue.push(&a, &bytes("anew"), 1_000),
            Some(EACH + 4),
        );
        assert_gives("how many are taken then", &take(&mut queue).0.len(), &1);
    }

    #[measuring::test]
    fn an_event_that_does_not_fit_is_refused_and_nothing_of_it_kept() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes("12345"));
        assert_counts("69 into 68", queue.push(&name, &event, EACH + 4), None);
        assert_counts("69 into 0", queue.push(&name, &event, 0), None);
        assert_counts(
            "69 into 69",
            queue.push(&name, &event, EACH + 5),
            Some(EACH + 5),
        );
        assert_counts("65 into 64", queue.push(&name, &bytes("6"), EACH), None);
        let expected = (vec![("a".into(), "12345".into())], EACH + 5);
        assert_gives("all that is taken", &take(&mut queue), &expected);
        let counts = (Arc::strong_count(&name), Arc::strong_count(&event));
        assert_gives("who holds name and event", &counts, &(1, 1));
    }

    #[measuring::test]
    fn an_event_for_several_subscriptions_counts_once() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes(&"x".repeat(500)));
        let (other, equal) = (bytes("b"), bytes(&"x".repeat(500)));
        assert_counts(
            "500 bytes",
            queue.push(&name, &event, 600),
            Some(EACH + 500),
        );
        assert_counts("the same Arc", queue.push(&other, &event, EACH), Some(EACH));
        assert_counts(
            "the same Arc into 63",
            queue.push(&name, &event, EACH - 1),
            None,
        );
        let another = "equal bytes in another Arc";
        assert_counts(another, queue.push(&name, &equal, EACH), None);
        assert_counts(another, queue.push(&name, &equal, 600), Some(EACH + 500));
        assert_counts(
            "another event",
            queue.push(&name, &bytes("y"), 600),
            Some(EACH + 1),
        );
        let came = queue.push(&name, &event, 600);
        assert_counts("the first, with others in between", came, Some(EACH + 500));
        let (taken, cost) = take(&mut queue);
        assert_gives(
            "what was taken",
            &(taken.len(), cost),
            &(5, 5 * EACH + 1_501),
        );
        let came = queue.push(&name, &event, 600);
        assert_counts("the first, when it has been taken", came, Some(EACH + 500));
    }

    /// What an event counted when it came is freed when it goes, however they mix.
    #[measuring::test]
    fn the_count_is_right_at_any_time() {
        let (mut queue, mut waits, mut sent) = (Queue::default(), 0, 0);
        let (name, events) = (bytes("a"), events(7));
        for step in 0..5_000usize {
            let event = &events[step / 3 % 7][step % 3 / 2 * 990..];
            let event = match step % 3 {
                2 => Arc::from(event),
                _ => events[step / 3 % 7].clone(),
            };
            let free = 20_000 - waits;
            match queue.push(&name, &event, free) {
                Some(cost) => waits += cost,
                None => {
                    let refused = free < EACH + 1_000;
                    assert_gives(format_args!("{free} free: refused"), &true, &refused);
                }
            }
            assert_gives("more than 20,000 bytes wait", &(waits > 20_000), &false);
            for _ in 0..step * 7 % 5 / 2 + step % 2 {
                waits -= queue.pop(|_, event| sent += event.len()).unwrap_or(0);
            }
        }
        assert_gives("what the last events free", &take(&mut queue).1, &waits);
        assert_gives(
            "more than a million bytes were sent",
            &(sent > 1_000_000),
            &true,
        );
    }

    #[measuring::test]
    fn an_event_that_was_taken_is_held_no_longer() {
        let (mut queue, name, event) = (Queue::default(), bytes("a"), bytes("b"));
        for _ in 0..3 {
            queue.push(&name, &event, 1_000);
        }
        take(&mut queue);
        let counts = (Arc::strong_count(&name), Arc::strong_count(&event));
        assert_gives(
            "who holds name and event when all is taken",
            &counts,
            &(1, 1),
        );
        queue.push(&name, &event, 1_000);
        drop(queue);
        let counts = (Arc::strong_count(&name), Arc::strong_count(&event));
        assert_gives(
            "who holds name and event of a dropped queue",
            &counts,
            &(1, 1),
        );
    }

    /// More than 16 bits count: events, and bytes of one. If an event that is taken moves all
    /// others, this takes minutes.
    #[measuring::test]
    fn two_hundred_thousand_events_are_taken_in_their_order() {
        awaiting("200,000 events to be queued and taken: does each move all others?");
        let (mut queue, names) = (Queue::default(), [bytes("even"), bytes("odd")]);
        let events: Vec<_> = (0..999).map(|at| bytes(&format!("{at}"))).collect();
        for at in 0..200_000 {
            queue.push(&names[at % 2], &events[at % 999], usize::MAX);
        }
        for at in 0..200_000 {
            let mut came = (false, false);
            queue.pop(|name, event| {
                came = (*name == *names[at % 2], *event == *events[at % 999]);
            });
            assert_gives(
                format_args!("name and event {at} come"),
                &came,
                &(true, true),
            );
        }
        let long = bytes(&"x".repeat(70_000));
        let counts = EACH + 70_000;
        assert_counts(
            "70,000 bytes",
            queue.push(&names[0], &long, counts - 1),
            None,
        );
        assert_counts(
            "70,000 bytes",
            queue.push(&names[0], &long, counts),
            Some(counts),
        );
        let (taken, cost) = take(&mut queue);
        let taken: Vec<usize> = taken.iter().map(|(_, event)| event.len()).collect();
        assert_gives(
            "lengths and count of what is taken",
            &(taken, cost),
            &(vec![70_000], counts),
        );
    }

    #[measuring::test]
    fn slow_clients_stay_in_budget() {
        for (count, clients) in [(100, 300), (1, 300), (25, 100), (50, 1), (400, 10)] {
            let events = events(count);
            let publish = || publish(black_box(&events), clients);
            let mut queues = budget(count, clients).assert_holds_in_process(publish);
            let (taken, cost) = take(&mut queues[clients - 1]);
            let expected = (count, count * (EACH + 1_000));
            assert_gives(
                "events that a client takes",
                &(taken.len(), cost),
                &expected,
            );
        }
    }

    #[measuring::test]
    fn events_that_are_taken_at_once_cost_nothing() {
        let (mut queue, name, events) = (Queue::default(), bytes("a"), events(20));
        let mut sent = 0;
        let mut round = || {
            for event in &events {
                queue.push(&name, black_box(event), 2_000);
            }
            while queue.pop(|_, event| sent += event.len()).is_some() {}
        };
        (0..5).for_each(|_| round());
        let free = Budget::of("slow_reader").allocations(0).live(0);
        free.assert_holds(|| (0..100).for_each(|_| round()));
        assert_gives("bytes that were sent", &sent, &(105 * 20 * 1_000));
    }

    /// Some of those that waited do still, and the client is always so far behind from then on.
    #[measuring::test]
    fn the_capacity_of_a_burst_is_freed() {
        let (name, events) = (bytes("a"), events(3));
        for (burst, waiting) in [(5_000, 3), (5_000, 0), (5_000, 500), (1_000, 3), (100, 3)] {
            let budget = Budget::of("slow_reader")
                .allocations(60)
                .bytes(1_600_000)
                .live(320 * waiting as i64 + 8_192);
            budget.assert_holds(|| {
                let mut queue = Queue::default();
                for at in 0..burst {
                    queue.push(&name, &events[at % 3], 2_000);
                }
                (waiting..burst).for_each(|_| _ = queue.pop(|_, _| ()));
                for at in 0..1_000 {
                    queue.push(&name, &events[at % 3], 2_000);
                    queue.pop(|_, _| ());
                }
                queue
            });
        }
    }

    /// However many wait: no event moves a bound so that the next one moves it back.
    #[measuring::test]
    fn a_steady_queue_seldom_allocates() {
        let (name, events) = (bytes("a"), events(3));
        let mut queue = Queue::default();
        let budget = Budget::of("slow_reader").allocations(2).live(100_000);
        for change in 0..600 {
            budget.assert_holds(|| {
                for at in 0..30 {
                    queue.push(&name, &events[at % 3], 2_000);
                    queue.pop(|_, _| ());
                }
            });
            match change < 300 {
                true => _ = queue.push(&name, &events[change % 3], 2_000),
                false => _ = queue.pop(|_, _| ()),
            }
        }
    }
}
