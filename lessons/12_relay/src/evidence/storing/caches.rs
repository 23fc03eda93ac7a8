//! What serials and ids take in memory, both ways, and what a copy of one costs.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use hashbrown::HashTable;
use interning::two_way::{Pairs, budgeted, two_maps};
use interning::{FixedSeed, Id, Serial};
use measuring::heap;

/// Live bytes of a cache in four layouts, full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Footprint {
    /// A map for each direction, keys and values as arrays.
    pub two_maps: i64,
    /// The same, each key and value in an allocation of its own.
    pub boxed: i64,
    /// [`interning::IdCache`], which the relay uses: entries come and go within a budget.
    pub budgeted: i64,
    /// A list by serial, and a table of numbers: for serials without gaps, which nothing is ever taken out of.
    pub dense: i64,
}

impl Footprint {
    /// Of a hundred thousand pairs.
    pub fn of_100_000() -> Self {
        static MEASURED: OnceLock<Footprint> = OnceLock::new();
        *MEASURED.get_or_init(|| Self::measure(100_000))
    }

    /// Of half a million.
    pub fn of_500_000() -> Self {
        static MEASURED: OnceLock<Footprint> = OnceLock::new();
        *MEASURED.get_or_init(|| Self::measure(500_000))
    }

    fn measure(count: u32) -> Self {
        let pairs = Pairs::sample(count);
        Self {
            two_maps: heap(|| two_maps(&pairs)).1.live,
            boxed: heap(|| boxed(&pairs)).1.live,
            budgeted: heap(|| budgeted(&pairs)).1.live,
            dense: heap(|| dense(&pairs)).1.live,
        }
    }
}

type Boxed = HashMap<Box<[u8]>, Box<[u8]>, FixedSeed>;

/// A map for each direction, and four allocations for each pair.
fn boxed(pairs: &Pairs) -> [Boxed; 2] {
    let mut maps =
        [(); 2].map(|()| Boxed::with_capacity_and_hasher(pairs.0.len(), FixedSeed::default()));
    for (serial, id) in &pairs.0 {
        maps[0].insert(Box::from(&serial[..]), Box::from(&id[..]));
        maps[1].insert(Box::from(&id[..]), Box::from(&serial[..]));
    }
    maps
}

/// The serial is the place in the list.
fn dense(pairs: &Pairs) -> (Vec<Id>, HashTable<u32>) {
    let hasher = FixedSeed::default();
    let mut ids = Vec::with_capacity(pairs.0.len());
    let mut serials = HashTable::with_capacity(pairs.0.len());
    for (serial, (_, id)) in (0..).zip(&pairs.0) {
        ids.push(*id);
        serials.insert_unique(hasher.hash_one(id), serial, |serial: &u32| {
            hasher.hash_one(ids[*serial as usize])
        });
    }
    (ids, serials)
}

/// A cache from serials to ids in two forms, and the serials that are asked for.
pub(crate) struct Known {
    boxed: HashMap<Serial, Box<[u8]>, FixedSeed>,
    arrays: HashMap<Serial, Id, FixedSeed>,
    asked: Vec<Serial>,
}

impl Known {
    /// So many, each asked for once.
    pub fn of(count: u32) -> Self {
        let pairs = Pairs::sample(count).0;
        Self {
            boxed: (pairs.iter())
                .map(|(serial, id)| (*serial, Box::from(&id[..])))
                .collect(),
            arrays: pairs.iter().copied().collect(),
            asked: pairs.iter().map(|(serial, _)| *serial).collect(),
        }
    }

    /// Combines what was read, so that each step has to read it.
    fn check<T: AsRef<[u8]>>(&self, read: impl Fn(&Serial) -> Option<T>) -> u8 {
        let first = |id: T| id.as_ref().first().copied();
        let firsts = self.asked.iter().filter_map(|serial| first(read(serial)?));
        firsts.fold(0, |check, first| check.rotate_left(1) ^ first)
    }
}

// ANCHOR: cloned
/// The caller gets bytes of its own, so that it can't change those of the cache.
pub(crate) fn cloned(known: &Known) -> u8 {
    known.check(|serial| known.boxed.get(serial).cloned())
}
// ANCHOR_END: cloned

// ANCHOR: copied
/// An id is an array: a copy takes no allocation, and nobody can change what `&self` lends.
pub(crate) fn copied(known: &Known) -> u8 {
    known.check(|serial| known.arrays.get(serial).copied())
}
// ANCHOR_END: copied
