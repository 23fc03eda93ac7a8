//! Events that wait in the part `slow_reader`: it holds them, and says for how many bytes each counts.

use super::*;
use crate::parts::slow_reader::Queue;

impl Outbox {
    /// Appends an event, which counts already if it was held back. The caller wakes the session.
    pub(in crate::live) fn push_event(
        &self,
        prefix: &Arc<[u8]>,
        json: Arc<[u8]>,
        held: bool,
    ) -> Result<Option<Waker>, Full> {
        let mut incoming = lock(&self.incoming);
        if incoming.dropped.is_some() {
            return Err(Full);
        }
        // What was held back was counted by the outbox, and had its room then.
        let (counted, room) = match held {
            true => (cost_of_event(&json), usize::MAX),
            false => (0, self.budget.saturating_sub(self.bytes())),
        };
        let Some(cost) = incoming.batch.events.push(prefix, &json, room) else {
            drop(incoming);
            self.drop_client(Self::TOO_SLOW);
            return Err(Full);
        };
        self.bytes.fetch_add(cost, Relaxed);
        self.release(counted);
        incoming.batch.items.push_back(Out::Event);
        Ok(incoming.waker.take())
    }

    pub(super) fn free_events(&self, mut events: Queue) {
        while let Some(cost) = events.pop(|_, _| ()) {
            self.release(cost);
        }
    }
}
