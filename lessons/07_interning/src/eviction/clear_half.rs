use std::collections::HashMap;

use super::Policy;
use crate::{FixedSeed, Id};

/// A plain map. When it is full, every other entry goes, in whatever order the map has them.
#[derive(Debug)]
pub struct ClearHalf {
    ids: HashMap<u64, Id, FixedSeed>,
    room: usize,
}

// ANCHOR: clear_half
impl Policy for ClearHalf {
    fn with_room(entries: usize) -> Self {
        Self {
            ids: HashMap::with_capacity_and_hasher(entries, FixedSeed::default()),
            room: entries,
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        self.ids.get(&key).copied()
    }

    fn insert(&mut self, key: u64, id: Id) {
        if self.ids.len() == self.room {
            let mut keep = true;
            self.ids.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
        self.ids.insert(key, id);
    }
}
// ANCHOR_END: clear_half
