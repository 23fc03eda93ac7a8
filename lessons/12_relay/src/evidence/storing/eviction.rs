//! What a cache of values forgets, on the references of generated events.

use std::collections::HashMap;
use std::mem;

use interning::eviction::{ClearHalf, Policy, Workload, checksum, hits};
use interning::{FixedSeed, Id};
use measuring::heap;

use super::corpus::{Table, each_record, events};

/// The values that events refer to, in order, each by its number; and room for a tenth of them.
pub(crate) struct Trace(pub(super) Workload);

impl Trace {
    /// Those of so many events.
    pub fn of(count: usize) -> Self {
        let mut table = Table::default();
        each_record(events(count), &mut table, |_, _, _| {});
        let mut numbers = HashMap::<[u8; 32], u64, FixedSeed>::default();
        let mut requests = Vec::with_capacity(table.asked.len());
        for value in &table.asked {
            let next = numbers.len() as u64;
            requests.push(*numbers.entry(*value).or_insert(next));
        }
        // quick_cache asks the system how many processors there are, once per process. Here nobody counts it.
        drop(interning::eviction::QuickCache::with_room(1));
        Self(Workload {
            requests,
            room: numbers.len() / 10,
        })
    }
}

/// Two maps: what is asked for moves to the younger one. When that is half of the room, the older one is dropped, and
/// the younger takes its place.
pub(super) struct Generations {
    young: HashMap<u64, Id, FixedSeed>,
    old: HashMap<u64, Id, FixedSeed>,
    half: usize,
}

// ANCHOR: generations
impl Policy for Generations {
    fn with_room(entries: usize) -> Self {
        let half = (entries / 2).max(1);
        let map = || HashMap::with_capacity_and_hasher(half, FixedSeed::default());
        Self {
            young: map(),
            old: map(),
            half,
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        if let Some(id) = self.young.get(&key) {
            return Some(*id);
        }
        let id = self.old.remove(&key)?;
        self.insert(key, id);
        Some(id)
    }

    fn insert(&mut self, key: u64, id: Id) {
        if self.young.len() == self.half {
            self.old.clear();
            mem::swap(&mut self.young, &mut self.old);
        }
        self.young.insert(key, id);
    }
}
// ANCHOR_END: generations

/// The oldest goes, whether it was asked for or not: entries in a ring, and a map to their places.
pub(super) struct Ring {
    places: HashMap<u64, u32, FixedSeed>,
    entries: Vec<(u64, Id)>,
    next: usize,
    room: usize,
}

impl Policy for Ring {
    fn with_room(entries: usize) -> Self {
        let room = entries.max(1);
        Self {
            places: HashMap::with_capacity_and_hasher(room, FixedSeed::default()),
            entries: Vec::with_capacity(room),
            next: 0,
            room,
        }
    }

    fn get(&mut self, key: u64) -> Option<Id> {
        let place = self.places.get(&key)?;
        Some(self.entries[*place as usize].1)
    }

    fn insert(&mut self, key: u64, id: Id) {
        if self.entries.len() < self.room {
            self.places.insert(key, self.entries.len() as u32);
            self.entries.push((key, id));
            return;
        }
        let (oldest, _) = mem::replace(&mut self.entries[self.next], (key, id));
        self.places.remove(&oldest);
        self.places.insert(key, self.next as u32);
        self.next = (self.next + 1) % self.room;
    }
}

/// Half of everything, in no order, when it is full.
pub(crate) fn clear_half(trace: &Trace) -> u64 {
    checksum::<ClearHalf>(&trace.0)
}

/// The older of two generations.
pub(crate) fn generations(trace: &Trace) -> u64 {
    checksum::<Generations>(&trace.0)
}

/// How many of a trace's requests a policy answers.
pub(super) fn share<P: Policy>(trace: &Trace) -> f64 {
    hits::<P>(trace.0.room, &trace.0) as f64 / trace.0.requests.len() as f64
}

/// The live bytes of a policy's cache that was filled three times over, with so much room.
pub(super) fn live<P: Policy>(room: usize) -> i64 {
    let turn_over = || {
        let mut cache = P::with_room(room);
        for key in 0..3 * room as u64 {
            cache.insert(key, [7; 32]);
        }
        cache
    };
    heap(turn_over).1.live
}

/// The bytes of a cache with so much room, full and after half of it was cleared.
pub(super) fn cleared(room: usize) -> [i64; 2] {
    let fill = |entries: usize| {
        let mut cache = ClearHalf::with_room(room);
        for key in 0..entries as u64 {
            cache.insert(key, [7; 32]);
        }
        cache
    };
    [room, room + 1].map(|entries| heap(|| fill(entries)).1.live)
}
