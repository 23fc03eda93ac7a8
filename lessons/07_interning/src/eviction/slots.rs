use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::{FixedSeed, Id};

/// Entries in a list that never moves them, and a table of their places. `M` is what a policy keeps with each.
#[derive(Debug)]
pub(super) struct Slots<M> {
    entries: Vec<Slot<M>>,
    places: HashTable<u32>,
    room: usize,
}

#[derive(Debug)]
pub(super) struct Slot<M> {
    key: u64,
    pub id: Id,
    pub mark: M,
}

fn hash(key: u64) -> u64 {
    FixedSeed::default().hash_one(key)
}

impl<M> Slots<M> {
    pub fn with_room(room: usize) -> Self {
        Self {
            entries: Vec::with_capacity(room),
            // A table that is at most half full never grows, whatever comes and goes.
            places: HashTable::with_capacity(2 * room),
            room,
        }
    }

    pub fn find(&self, key: u64) -> Option<usize> {
        let is = |place: &u32| self.entries[*place as usize].key == key;
        self.places.find(hash(key), is).map(|place| *place as usize)
    }

    pub fn get(&mut self, place: usize) -> &mut Slot<M> {
        &mut self.entries[place]
    }

    pub fn is_full(&self) -> bool {
        self.entries.len() == self.room
    }

    /// Adds an entry where there is room.
    pub fn push(&mut self, key: u64, id: Id, mark: M) -> usize {
        let place = self.entries.len();
        self.entries.push(Slot { key, id, mark });
        self.link(place);
        place
    }

    /// Puts an entry in the place of another.
    pub fn replace(&mut self, place: usize, key: u64, id: Id, mark: M) {
        let old = hash(self.entries[place].key);
        let this = |other: &u32| *other == place as u32;
        if let Ok(found) = self.places.find_entry(old, this) {
            found.remove();
        }
        self.entries[place] = Slot { key, id, mark };
        self.link(place);
    }

    fn link(&mut self, place: usize) {
        let entries = &self.entries;
        let hash_at = |place: &u32| hash(entries[*place as usize].key);
        let place = place as u32;
        self.places.insert_unique(hash_at(&place), place, hash_at);
    }
}

/// The neighbours of an entry in a [`Queue`]; their places are 4 bytes each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Links {
    newer: Option<Place>,
    older: Option<Place>,
}

/// A place, less one value that stands for "none" in an `Option`.
type Place = std::num::NonZeroU32;

fn pack(place: usize) -> Option<Place> {
    Place::new(place as u32 + 1)
}

fn unpack(place: Option<Place>) -> Option<usize> {
    place.map(|place| place.get() as usize - 1)
}

/// A mark that has links.
pub(super) trait Linked {
    fn links(&mut self) -> &mut Links;
}

/// Entries in the order of their age, newest first, linked through their marks.
#[derive(Debug, Default)]
pub(super) struct Queue {
    newest: Option<Place>,
    oldest: Option<Place>,
}

impl Queue {
    pub fn oldest(&self) -> Option<usize> {
        unpack(self.oldest)
    }

    /// The next newer entry.
    pub fn newer<M: Linked>(slots: &mut Slots<M>, place: usize) -> Option<usize> {
        unpack(slots.get(place).mark.links().newer)
    }

    /// Makes an entry that isn't linked the newest.
    pub fn push<M: Linked>(&mut self, slots: &mut Slots<M>, place: usize) {
        *slots.get(place).mark.links() = Links {
            newer: None,
            older: self.newest,
        };
        match unpack(self.newest) {
            Some(before) => slots.get(before).mark.links().newer = pack(place),
            None => self.oldest = pack(place),
        }
        self.newest = pack(place);
    }

    /// Takes an entry out of the order.
    pub fn unlink<M: Linked>(&mut self, slots: &mut Slots<M>, place: usize) {
        let Links { newer, older } = *slots.get(place).mark.links();
        match unpack(newer) {
            Some(newer) => slots.get(newer).mark.links().older = older,
            None => self.newest = older,
        }
        match unpack(older) {
            Some(older) => slots.get(older).mark.links().newer = newer,
            None => self.oldest = newer,
        }
    }
}
