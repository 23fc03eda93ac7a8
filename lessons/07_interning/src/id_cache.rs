//! The two-way cache between an event's number in the store and its id.

use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::sync::{AtomicBool, Ordering};

/// The number of an event, or of an author, in the store.
pub type Serial = [u8; 5];
/// The id of an event, or the public key of an author.
pub type Id = [u8; 32];

/// A pair, and whether it was asked for since the hand last passed.
#[derive(Debug)]
struct Entry {
    serial: Serial,
    id: Id,
    used: AtomicBool,
}

/// What the two halves of a pair hash to.
#[derive(Clone, Copy)]
struct Hashes {
    serial: u64,
    id: u64,
}

/// Pairs of a [`Serial`] and an [`Id`], found by either, within a budget in bytes.
///
/// A pair is held once, in a list; two tables of `u32` lead to it. All memory is taken when the cache is made, and
/// none afterwards. When the list is full, each new pair replaces one that wasn't asked for lately: a hand goes round
/// the list, passes over (and forgets about) those that were, and stops at the first that wasn't (CLOCK). Being asked
/// for only sets a flag, so look-ups take `&self`, and several threads can look up at once.
///
/// Ids are as random as their authors want them to be, so the tables hash with a random seed.
///
/// ```
/// use interning::IdCache;
///
/// let mut cache = IdCache::with_budget(1 << 20)?;
/// assert!(cache.heap_bytes() <= 1 << 20);
///
/// cache.insert([0, 0, 0, 0, 7], [0xab; 32]);
/// assert_eq!(cache.id([0, 0, 0, 0, 7]), Some([0xab; 32]));
/// assert_eq!(cache.serial(&[0xab; 32]), Some([0, 0, 0, 0, 7]));
/// # Ok::<(), interning::BudgetTooSmall>(())
/// ```
#[derive(Debug)]
pub struct IdCache<S = RandomState> {
    entries: Vec<Entry>,
    by_serial: HashTable<u32>,
    by_id: HashTable<u32>,
    /// At most so many entries.
    capacity: usize,
    /// Where the search for the next victim begins; an index into `entries` once they are full.
    hand: usize,
    hasher: S,
}

/// A budget that has no room for a single pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetTooSmall {
    /// The budget, in bytes.
    pub budget: usize,
    /// The smallest that holds a pair, in bytes.
    pub least: usize,
}

impl fmt::Display for BudgetTooSmall {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let Self { budget, least } = self;
        write!(
            to,
            "a budget of {budget} bytes holds no pair; give the cache {least} at least"
        )
    }
}

impl Error for BudgetTooSmall {}

impl IdCache {
    /// A cache that never takes more than so many bytes from the heap, and takes them now. A random seed.
    ///
    /// Where the allocator doesn't have so many, the program ends, as it does with any collection.
    ///
    /// # Errors
    ///
    /// Where the budget has no room for one pair.
    pub fn with_budget(bytes: usize) -> Result<Self, BudgetTooSmall> {
        Self::with_budget_and_hasher(bytes, RandomState::new())
    }

    /// A budget in bytes that has room for so many pairs.
    ///
    /// ```
    /// use interning::IdCache;
    ///
    /// let authors = IdCache::with_budget(IdCache::budget_for(10_000))?;
    /// assert!(authors.capacity() >= 10_000);
    /// # Ok::<(), interning::BudgetTooSmall>(())
    /// ```
    pub fn budget_for(pairs: usize) -> usize {
        let mut buckets = MIN_BUCKETS;
        while room_of(buckets) / ROOM_PER_PAIR < pairs && buckets < usize::MAX / 2 {
            buckets *= 2;
        }
        bytes_for(buckets, pairs)
    }
}

impl<S: BuildHasher> IdCache<S> {
    /// A cache within a budget in bytes that hashes like this.
    ///
    /// # Errors
    ///
    /// Where the budget has no room for one pair.
    pub fn with_budget_and_hasher(bytes: usize, hasher: S) -> Result<Self, BudgetTooSmall> {
        let capacity = pairs_within(bytes).ok_or(BudgetTooSmall {
            budget: bytes,
            least: bytes_for(MIN_BUCKETS, 1),
        })?;
        Ok(Self {
            entries: Vec::with_capacity(capacity),
            by_serial: HashTable::with_capacity(ROOM_PER_PAIR * capacity),
            by_id: HashTable::with_capacity(ROOM_PER_PAIR * capacity),
            capacity,
            hand: 0,
            hasher,
        })
    }

    // ANCHOR: lookup
    /// The id of a serial, if the cache has it.
    pub fn id(&self, serial: Serial) -> Option<Id> {
        let hash = self.hasher.hash_one(serial);
        let entry = &self.entries[self.slot_of_serial(hash, serial)?];
        entry.mark_used();
        Some(entry.id)
    }

    /// The serial of an id, if the cache has it.
    pub fn serial(&self, id: &Id) -> Option<Serial> {
        let hash = self.hasher.hash_one(id);
        let entry = &self.entries[self.slot_of_id(hash, id)?];
        entry.mark_used();
        Some(entry.serial)
    }

    fn slot_of_serial(&self, hash: u64, serial: Serial) -> Option<usize> {
        let same = |slot: &u32| self.entries[*slot as usize].serial == serial;
        self.by_serial.find(hash, same).map(|slot| *slot as usize)
    }
    // ANCHOR_END: lookup

    fn slot_of_id(&self, hash: u64, id: &Id) -> Option<usize> {
        let same = |slot: &u32| self.entries[*slot as usize].id == *id;
        self.by_id.find(hash, same).map(|slot| *slot as usize)
    }

    fn hashes(&self, serial: Serial, id: &Id) -> Hashes {
        Hashes {
            serial: self.hasher.hash_one(serial),
            id: self.hasher.hash_one(id),
        }
    }

    /// Adds a pair. A serial leads to one id and an id to one serial, so whatever either of them led to before is
    /// forgotten; and where the cache is full, so is a pair that wasn't asked for lately.
    pub fn insert(&mut self, serial: Serial, id: Id) {
        let hashes = self.hashes(serial, &id);
        let by_serial = self.slot_of_serial(hashes.serial, serial);
        match (by_serial, self.slot_of_id(hashes.id, &id)) {
            (Some(slot), Some(same)) if slot == same => return self.entries[slot].mark_used(),
            (None, None) => {}
            _ => {
                self.remove_serial(serial);
                self.remove_id(&id);
            }
        }
        let entry = Entry {
            serial,
            id,
            used: AtomicBool::new(false),
        };
        let slot = if self.entries.len() < self.capacity {
            self.entries.push(entry);
            self.entries.len() - 1
        } else {
            let slot = self.victim();
            self.unlink(slot);
            self.entries[slot] = entry;
            slot
        };
        self.link(slot, hashes);
    }

    // ANCHOR: victim
    /// The first from the hand on that wasn't used. Those before it get another round.
    fn victim(&mut self) -> usize {
        loop {
            let slot = self.hand;
            self.hand = (slot + 1) % self.entries.len();
            if !self.entries[slot].take_used() {
                return slot;
            }
        }
    }
    // ANCHOR_END: victim

    /// Forgets a serial and its id, which is returned: the event was deleted, say.
    pub fn remove_serial(&mut self, serial: Serial) -> Option<Id> {
        let hash = self.hasher.hash_one(serial);
        let slot = self.slot_of_serial(hash, serial)?;
        Some(self.remove(slot).id)
    }

    /// Forgets an id and its serial, which is returned.
    pub fn remove_id(&mut self, id: &Id) -> Option<Serial> {
        let hash = self.hasher.hash_one(id);
        let slot = self.slot_of_id(hash, id)?;
        Some(self.remove(slot).serial)
    }

    /// Takes an entry out. The last one moves into its place, and so do the two numbers that lead to it.
    fn remove(&mut self, slot: usize) -> Entry {
        let last = self.entries.len() - 1;
        self.unlink(slot);
        let moved = (slot != last).then(|| self.unlink(last));
        let removed = self.entries.swap_remove(slot);
        if let Some(hashes) = moved {
            self.link(slot, hashes);
        }
        // Nothing is evicted until the list is full again. Then the hand starts afresh if it pointed behind the end.
        if self.hand >= self.entries.len() {
            self.hand = 0;
        }
        removed
    }

    /// Makes both tables lead to an entry, which hashes to this.
    fn link(&mut self, slot: usize, hashes: Hashes) {
        let (entries, hasher) = (&self.entries, &self.hasher);
        let serial_at = |slot: &u32| hasher.hash_one(entries[*slot as usize].serial);
        let id_at = |slot: &u32| hasher.hash_one(entries[*slot as usize].id);
        let slot = slot as u32;
        self.by_serial.insert_unique(hashes.serial, slot, serial_at);
        self.by_id.insert_unique(hashes.id, slot, id_at);
    }

    /// Makes neither table lead to an entry, and says what it hashes to.
    fn unlink(&mut self, slot: usize) -> Hashes {
        let Entry { serial, id, .. } = &self.entries[slot];
        let hashes = self.hashes(*serial, id);
        let this = |other: &u32| *other == slot as u32;
        for (table, hash) in [
            (&mut self.by_serial, hashes.serial),
            (&mut self.by_id, hashes.id),
        ] {
            if let Ok(found) = table.find_entry(hash, this) {
                found.remove();
            }
        }
        hashes
    }

    /// How many pairs it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many pairs it can hold, within its budget.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// What it takes from the heap, in bytes; the same from its making to its end.
    pub fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
            + self.by_serial.allocation_size()
            + self.by_id.allocation_size()
    }
}

impl Entry {
    /// Writes only where something changes: readers on other cores keep their copy of the cache line.
    fn mark_used(&self) {
        // Relaxed: the flag guards no data, and a mark that comes late costs a miss at worst.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    fn take_used(&mut self) -> bool {
        let used = self.used.load(Ordering::Relaxed);
        self.used.store(false, Ordering::Relaxed);
        used
    }
}

// ANCHOR: budget
/// A table that is at most half full never grows, whatever comes and goes. (In hashbrown,
/// removed entries can use up free buckets. A fuller table doubles then; this one tidies up.)
const ROOM_PER_PAIR: usize = 2;

/// The most pairs that fit into so many bytes, or `None` if that is none. Buckets come in
/// powers of two, so each number of them is tried.
fn pairs_within(bytes: usize) -> Option<usize> {
    let pairs_with = |buckets: usize| {
        let for_pairs = bytes.checked_sub(bytes_for(buckets, 0))?;
        // A slot must be a u32.
        let most = (room_of(buckets) / ROOM_PER_PAIR).min(u32::MAX as usize);
        Some(most.min(for_pairs / size_of::<Entry>()))
    };
    let sizes = (MIN_BUCKETS.ilog2()..usize::BITS - 4).map(|power| 1 << power);
    sizes.map_while(pairs_with).max().filter(|pairs| *pairs > 0)
}
// ANCHOR_END: budget

/// The fewest buckets that a table has.
const MIN_BUCKETS: usize = 4;

/// What two tables of so many buckets and so many entries take, at most: a bucket is a `u32` and a control byte, and
/// a group of control bytes more, with its alignment, ends a table.
fn bytes_for(buckets: usize, entries: usize) -> usize {
    let table = buckets
        .saturating_mul(size_of::<u32>() + 1)
        .saturating_add(32);
    let entries = entries.saturating_mul(size_of::<Entry>());
    table.saturating_mul(2).saturating_add(entries)
}

/// How many entries a table of so many buckets has room for: 7 in 8, or all but one if it is very small.
fn room_of(buckets: usize) -> usize {
    if buckets <= 8 {
        buckets - 1
    } else {
        buckets / 8 * 7
    }
}
