//! Frees the whole event each time.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

/// What an event counts for besides its bytes.
pub const EACH: usize = 64;

/// Room for so many events isn't given back.
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
    /// Has an event wait, where it fits into so many bytes. For how many it counts: its own and [`EACH`], or no more
    /// than `EACH` where the event before it is the same allocation. Nothing is kept of what doesn't fit.
    pub fn push(&mut self, name: &Arc<[u8]>, event: &Arc<[u8]>, room: usize) -> Option<usize> {
        let last = self.waiting.back();
        let again = last.is_some_and(|last| Arc::ptr_eq(&last.event, event));
        let cost = if again { EACH } else { EACH + event.len() };
        if cost > room {
            return None;
        }
        self.waiting.push_back(Waiting {
            name: name.clone(),
            event: event.clone(),
            cost,
        });
        Some(cost)
    }

    /// Hands on the event that has waited longest. For how many bytes it counted.
    pub fn pop(&mut self, send: impl FnOnce(&[u8], &[u8])) -> Option<usize> {
        let Waiting { name, event, cost } = self.waiting.pop_front()?;
        let room = self.waiting.capacity();
        if room > KEPT && self.waiting.len() < room / 4 {
            self.waiting.shrink_to(room / 2);
        }
        send(&name, &event);
        Some(cost.max(EACH + event.len()))
    }
}
