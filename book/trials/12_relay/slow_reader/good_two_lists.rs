//! Has one list for events that come and one for events that go.

#![forbid(unsafe_code)]

use std::sync::Arc;

pub const EACH: usize = 64;

type Waiting = (Arc<[u8]>, Arc<[u8]>, usize);

/// Events come into one list, and leave from another in turned order.
#[derive(Debug, Default)]
pub struct Queue {
    incoming: Vec<Waiting>,
    outgoing: Vec<Waiting>,
}

impl Queue {
    pub fn push(&mut self, name: &Arc<[u8]>, event: &Arc<[u8]>, free: usize) -> Option<usize> {
        let last = self.incoming.last().or(self.outgoing.first());
        let cost = match last {
            Some((_, last, _)) if Arc::ptr_eq(last, event) => EACH,
            _ => EACH + event.len(),
        };
        (cost <= free).then(|| {
            self.incoming.push((name.clone(), event.clone(), cost));
            cost
        })
    }

    pub fn pop(&mut self, send: impl FnOnce(&[u8], &[u8])) -> Option<usize> {
        if self.outgoing.is_empty() {
            std::mem::swap(&mut self.incoming, &mut self.outgoing);
            self.outgoing.reverse();
        }
        let (name, event, cost) = self.outgoing.pop()?;
        for list in [&mut self.incoming, &mut self.outgoing] {
            if list.capacity() > 64 && list.len() < list.capacity() / 4 {
                list.shrink_to(list.capacity() / 2);
            }
        }
        send(&name, &event);
        Some(cost)
    }
}
