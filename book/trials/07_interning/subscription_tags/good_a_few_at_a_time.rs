//! Looks at four tags for each new one, in turn.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
struct Tags {
    /// Where each tag is in the list.
    places: HashMap<Arc<str>, u32>,
    list: Vec<Arc<str>>,
    next: usize,
}

impl Tags {
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(place) = self.places.get(tag) {
            return Arc::clone(&self.list[*place as usize]);
        }
        for _ in 0..4.min(self.list.len()) {
            self.next = (self.next + 1) % self.list.len().max(1);
            self.look_at(self.next);
        }
        let new = Arc::<str>::from(tag);
        self.places.insert(Arc::clone(&new), self.list.len() as u32);
        self.list.push(Arc::clone(&new));
        new
    }

    /// Forgets the tag at a place if only the map and the list hold it.
    fn look_at(&mut self, place: usize) {
        if self
            .list
            .get(place)
            .is_none_or(|tag| Arc::strong_count(tag) > 2)
        {
            return;
        }
        let old = self.list.swap_remove(place);
        self.places.remove(&old);
        if let Some(moved) = self.list.get(place) {
            self.places.insert(Arc::clone(moved), place as u32);
        }
        if self.list.capacity() > 4 * self.list.len().max(32) {
            self.list.shrink_to(2 * self.list.len());
            self.places.shrink_to(2 * self.list.len());
        }
    }
}
