//! The kinds of events, eight bytes each.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use crate::store::tables::Tid;

/// What kind of event is at a place, for as many places as fit into a number of bytes.
///
/// A tag leads to events of all kinds. Those that a filter doesn't want are told apart here without a look into the
/// database, and without a lock: place and kind fill one atomic number. Each place has one slot, which it shares with
/// others.
#[derive(Debug)]
pub(super) struct Kinds {
    /// Made for the first kind; a zero is none.
    slots: OnceLock<Box<[AtomicU64]>>,
    /// How many there will be: a power of two, or none.
    count: usize,
    /// The last commit that removed an event: as in [`Events`](super::Events), what is older has no part in this.
    removed: AtomicU64,
}

impl Kinds {
    pub fn with_budget(bytes: usize) -> Self {
        let count = match bytes / size_of::<AtomicU64>() {
            0 => 0,
            most => 1 << most.ilog2(),
        };
        Self {
            slots: OnceLock::new(),
            count,
            removed: AtomicU64::new(0),
        }
    }

    /// The kind of the event that a snapshot of this commit has at a place.
    pub fn get(&self, place: Tid, snapshot: u64) -> Option<u16> {
        let found = self.slots.get()?.get(self.at(place))?.load(SeqCst);
        // Looked at after the slot: who filled it from a later snapshot had seen all removals up to that.
        let is_current = snapshot >= self.removed.load(SeqCst);
        (is_current && found >> 16 == number(place) && found != 0).then_some(found as u16)
    }

    /// Notes the kind of an event that was read from a snapshot of this commit.
    pub fn insert(&self, place: Tid, kind: u16, snapshot: u64) {
        let make = || (0..self.count).map(|_| AtomicU64::default()).collect();
        let Some(slot) = self.slots.get_or_init(make).get(self.at(place)) else {
            return;
        };
        let entry = number(place) << 16 | u64::from(kind);
        slot.store(entry, SeqCst);
        // Either the writer comes to this slot later and clears it, or it is seen here that it was there.
        if snapshot < self.removed.load(SeqCst) {
            let _ = slot.compare_exchange(entry, 0, SeqCst, Relaxed);
        }
    }

    /// Forgets events that a commit removed.
    pub fn remove(&self, places: &[Tid], commit: u64) {
        if places.is_empty() {
            return;
        }
        self.removed.fetch_max(commit, SeqCst);
        for place in places {
            let slots = self.slots.get();
            if let Some(slot) = slots.and_then(|slots| slots.get(self.at(*place))) {
                slot.store(0, SeqCst);
            }
        }
    }

    /// What it takes now, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.slots.get().map_or(0, |slots| size_of_val(&**slots))
    }

    /// What it takes at most.
    pub fn budget(&self) -> usize {
        self.count * size_of::<AtomicU64>()
    }

    fn at(&self, place: Tid) -> usize {
        // Places are near each other; the product's high bits spread them.
        let spread = number(place).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        spread as usize & self.count.wrapping_sub(1)
    }
}

fn number(place: Tid) -> u64 {
    let [a, b, c, d, e, f] = place.0;
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}
