use super::Policy;
use super::slots::Slots;
use crate::Id;

/// A flag per entry and a hand that goes round. A newcomer takes the place of what it replaces.
#[derive(Debug)]
pub struct Clock {
    /// The mark says whether the entry was used since the hand last passed.
    slots: Slots<bool>,
    hand: usize,
    room: usize,
}

// ANCHOR: clock
impl Policy for Clock {
    fn with_room(entries: usize) -> Self {
        Self {
            slots: Slots::with_room(entries),
            hand: 0,
            room: entries,
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        let place = self.slots.find(key)?;
        let slot = self.slots.get(place);
        slot.mark = true;
        Some(slot.id)
    }

    fn insert(&mut self, key: u64, id: Id) {
        if !self.slots.is_full() {
            self.slots.push(key, id, false);
            return;
        }
        while std::mem::take(&mut self.slots.get(self.hand).mark) {
            self.hand = (self.hand + 1) % self.room;
        }
        self.slots.replace(self.hand, key, id, false);
        self.hand = (self.hand + 1) % self.room;
    }
}
// ANCHOR_END: clock
