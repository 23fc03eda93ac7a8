//! Shrinks only when three events wait or fewer.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes that an event counts besides its own.
pub const EACH: usize = 64;

/// A queue keeps the capacity for so many events.
const KEPT: usize = 64;

#[derive(Debug)]
struct Waiting {
    name: Arc<[u8]>,
    event: Arc<[u8]>,
    cost: usize,
}

/// The events that wait for a client, and the name of the subscription that each is for.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
}

impl Queue {
    /// Queues an event if it counts at most `free` bytes. Returns what it counts: its length plus
    /// `EACH`, or just `EACH` if the event queued before it is the same `Arc`. Returns `None` if it
    /// doesn't fit, and keeps nothing of it.
    pub fn push(&mut self, name: &Arc<[u8]>, event: &Arc<[u8]>, free: usize) -> Option<usize> {
        let last = self.waiting.back();
        let again = last.is_some_and(|last| Arc::ptr_eq(&last.event, event));
        let cost = if again { EACH } else { EACH + event.len() };
        if cost > free {
            return None;
        }
        self.waiting.push_back(Waiting {
            name: name.clone(),
            event: event.clone(),
            cost,
        });
        Some(cost)
    }

    /// Hands the name and bytes of the oldest event to `send`. Returns what the event counted.
    pub fn pop(&mut self, send: impl FnOnce(&[u8], &[u8])) -> Option<usize> {
        let Waiting { name, event, cost } = self.waiting.pop_front()?;
        let capacity = self.waiting.capacity();
        if capacity > KEPT && self.waiting.len() <= 3 {
            self.waiting.shrink_to(KEPT);
        }
        send(&name, &event);
        Some(cost)
    }
}
