use super::Policy;
use super::slots::{Linked, Links, Queue, Slots};
use crate::Id;

/// Least recently used: every hit moves its entry to the front of a linked list.
#[derive(Debug)]
pub struct Lru {
    slots: Slots<Links>,
    queue: Queue,
}

impl Linked for Links {
    fn links(&mut self) -> &mut Links {
        self
    }
}

// ANCHOR: lru
impl Policy for Lru {
    fn with_room(entries: usize) -> Self {
        Self {
            slots: Slots::with_room(entries),
            queue: Queue::default(),
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        let place = self.slots.find(key)?;
        self.queue.unlink(&mut self.slots, place);
        self.queue.push(&mut self.slots, place);
        Some(self.slots.get(place).id)
    }

    fn insert(&mut self, key: u64, id: Id) {
        let place = match self.queue.oldest() {
            Some(oldest) if self.slots.is_full() => {
                self.queue.unlink(&mut self.slots, oldest);
                self.slots.replace(oldest, key, id, Links::default());
                oldest
            }
            _ => self.slots.push(key, id, Links::default()),
        };
        self.queue.push(&mut self.slots, place);
    }
}
// ANCHOR_END: lru
