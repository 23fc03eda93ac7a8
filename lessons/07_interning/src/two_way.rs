//! Serials to ids and back: both directions, counted.

use std::collections::HashMap;
use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::{FixedSeed, Id, IdCache, Serial};

/// Pairs to be found by either side.
#[derive(Debug)]
pub struct Pairs(pub Vec<(Serial, Id)>);

impl Pairs {
    /// So many serials in a row, with ids that look like hashes.
    pub fn sample(count: u32) -> Self {
        Self(
            (0..count)
                .map(|number| (serial(number), id(number)))
                .collect(),
        )
    }
}

/// The serial of a number.
pub fn serial(number: u32) -> Serial {
    let [a, b, c, d] = number.to_be_bytes();
    [0, a, b, c, d]
}

/// An id that looks like a hash, another one for every number.
pub fn id(number: u32) -> Id {
    let mut state = u64::from(number);
    let mut id = [0; 32];
    for word in id.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        word.copy_from_slice(&mixed(state).to_be_bytes());
    }
    id
}

/// Spreads a number over 64 bits (the finish of SplitMix64).
pub(crate) fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A table that looks both ways. All kinds are equal if they lead from the same serials to the same ids.
#[derive(Debug)]
pub enum TwoWay {
    /// A map for each direction.
    Maps(
        HashMap<Serial, Id, FixedSeed>,
        HashMap<Id, Serial, FixedSeed>,
    ),
    /// One list, and two tables of numbers.
    List(Indexed),
    /// The same within a budget in bytes.
    Cache(IdCache<FixedSeed>),
}

/// A list of pairs, and two tables of `u32` into it.
#[derive(Debug, Default)]
pub struct Indexed {
    pairs: Vec<(Serial, Id)>,
    by_serial: HashTable<u32>,
    by_id: HashTable<u32>,
}

impl TwoWay {
    /// A serial's id.
    pub fn id(&self, serial: Serial) -> Option<Id> {
        match self {
            Self::Maps(ids, _) => ids.get(&serial).copied(),
            Self::List(list) => {
                let hash = FixedSeed::default().hash_one(serial);
                let is = |index: &u32| list.pairs[*index as usize].0 == serial;
                let index = list.by_serial.find(hash, is)?;
                Some(list.pairs[*index as usize].1)
            }
            Self::Cache(cache) => cache.id(serial),
        }
    }

    /// An id's serial.
    pub fn serial(&self, id: &Id) -> Option<Serial> {
        match self {
            Self::Maps(_, serials) => serials.get(id).copied(),
            Self::List(list) => {
                let hash = FixedSeed::default().hash_one(id);
                let is = |index: &u32| list.pairs[*index as usize].1 == *id;
                let index = list.by_id.find(hash, is)?;
                Some(list.pairs[*index as usize].0)
            }
            Self::Cache(cache) => cache.serial(id),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Maps(ids, _) => ids.len(),
            Self::List(list) => list.pairs.len(),
            Self::Cache(cache) => cache.len(),
        }
    }
}

impl PartialEq for TwoWay {
    fn eq(&self, other: &Self) -> bool {
        let same = |number| {
            let (serial, id) = (serial(number), id(number));
            self.id(serial) == other.id(serial) && self.serial(&id) == other.serial(&id)
        };
        self.len() == other.len() && (0..self.len() as u32).all(same)
    }
}

// ANCHOR: two_maps
/// A map for each direction: every pair is there twice.
pub fn two_maps(pairs: &Pairs) -> TwoWay {
    let count = pairs.0.len();
    let mut ids = HashMap::with_capacity_and_hasher(count, FixedSeed::default());
    let mut serials = HashMap::with_capacity_and_hasher(count, FixedSeed::default());
    for (serial, id) in &pairs.0 {
        ids.insert(*serial, *id);
        serials.insert(*id, *serial);
    }
    TwoWay::Maps(ids, serials)
}
// ANCHOR_END: two_maps

// ANCHOR: one_list
/// Every pair once, in a list. The tables hold 4 bytes a pair, and find the keys in the list.
pub fn one_list(pairs: &Pairs) -> TwoWay {
    let hasher = FixedSeed::default();
    let count = pairs.0.len();
    let mut list = Vec::with_capacity(count);
    let mut by_serial = HashTable::with_capacity(count);
    let mut by_id = HashTable::with_capacity(count);
    for (index, (serial, id)) in (0..).zip(&pairs.0) {
        list.push((*serial, *id));
        let serial_at = |index: &u32| hasher.hash_one(list[*index as usize].0);
        let id_at = |index: &u32| hasher.hash_one(list[*index as usize].1);
        by_serial.insert_unique(hasher.hash_one(serial), index, serial_at);
        by_id.insert_unique(hasher.hash_one(id), index, id_at);
    }
    TwoWay::List(Indexed {
        pairs: list,
        by_serial,
        by_id,
    })
}
// ANCHOR_END: one_list

// ANCHOR: budgeted
/// The cache of this crate. It keeps within its budget when pairs come and go, so its tables are half empty.
pub fn budgeted(pairs: &Pairs) -> TwoWay {
    let budget = IdCache::budget_for(pairs.0.len());
    match IdCache::with_budget_and_hasher(budget, FixedSeed::default()) {
        Ok(mut cache) => {
            for (serial, id) in &pairs.0 {
                cache.insert(*serial, *id);
            }
            TwoWay::Cache(cache)
        }
        Err(too_small) => unreachable!("{too_small}"),
    }
}
// ANCHOR_END: budgeted
