use super::Policy;
use super::slots::{Linked, Links, Queue, Slots};
use crate::Id;

/// SIEVE: entries in the order of their age, a flag on each, and a hand that goes from the oldest to the newest. What
/// it spares stays where it is; newcomers queue up behind the newest, so the hand comes to them last.
#[derive(Debug)]
pub struct Sieve {
    slots: Slots<Mark>,
    queue: Queue,
    hand: Option<usize>,
}

#[derive(Debug, Default)]
struct Mark {
    links: Links,
    used: bool,
}

impl Linked for Mark {
    fn links(&mut self) -> &mut Links {
        &mut self.links
    }
}

impl Sieve {
    // ANCHOR: sieve
    /// The first from the hand on that wasn't used, taken out of the order; none if there is no entry.
    fn victim(&mut self) -> Option<usize> {
        let mut place = self.hand.or(self.queue.oldest())?;
        while std::mem::take(&mut self.slots.get(place).mark.used) {
            place = Queue::newer(&mut self.slots, place).or(self.queue.oldest())?;
        }
        self.hand = Queue::newer(&mut self.slots, place);
        self.queue.unlink(&mut self.slots, place);
        Some(place)
    }
    // ANCHOR_END: sieve
}

impl Policy for Sieve {
    fn with_room(entries: usize) -> Self {
        Self {
            slots: Slots::with_room(entries),
            queue: Queue::default(),
            hand: None,
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        let place = self.slots.find(key)?;
        let slot = self.slots.get(place);
        slot.mark.used = true;
        Some(slot.id)
    }

    fn insert(&mut self, key: u64, id: Id) {
        let full = self.slots.is_full();
        let place = match full.then(|| self.victim()).flatten() {
            Some(place) => {
                self.slots.replace(place, key, id, Mark::default());
                place
            }
            None => self.slots.push(key, id, Mark::default()),
        };
        self.queue.push(&mut self.slots, place);
    }
}
