//! A lock for each direction of a cache, or one for both.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

use interning::two_way::Pairs;
use interning::{FixedSeed, Id, Serial};

type Ids = HashMap<Serial, Id, FixedSeed>;
type Serials = HashMap<Id, Serial, FixedSeed>;

/// Threads that look up.
const READERS: usize = 3;
/// What each of them looks up, and what the one that writes inserts meanwhile.
const LOOKUPS: usize = 10_000;
const INSERTS: usize = 1_000;
/// Pairs in the cache.
const PAIRS: u32 = 1_000;

/// Pairs behind locks.
pub(crate) struct Crowd {
    pairs: Vec<(Serial, Id)>,
    ids: RwLock<Ids>,
    serials: RwLock<Serials>,
    both: RwLock<(Ids, Serials)>,
}

impl Crowd {
    /// All pairs are known; what is inserted replaces its like, so that no table grows.
    pub fn new() -> Self {
        let pairs = Pairs::sample(PAIRS).0;
        let ids: Ids = pairs.iter().copied().collect();
        let serials: Serials = pairs.iter().map(|(serial, id)| (*id, *serial)).collect();
        Self {
            both: RwLock::new((ids.clone(), serials.clone())),
            ids: RwLock::new(ids),
            serials: RwLock::new(serials),
            pairs,
        }
    }

    /// Looks up on all reading threads, one direction after the other, and inserts on one more. Says how many look-ups
    /// found what they should.
    fn run(
        &self,
        there: impl Fn(&Serial) -> Option<Id> + Sync,
        back: impl Fn(&Id) -> Option<Serial> + Sync,
        insert: impl Fn(Serial, Id) + Sync,
    ) -> usize {
        let look_up = || {
            let pairs = self.pairs.iter().cycle().take(LOOKUPS / 2);
            pairs
                .map(|(serial, id)| {
                    usize::from(there(serial) == Some(*id)) + usize::from(back(id) == Some(*serial))
                })
                .sum::<usize>()
        };
        thread::scope(|scope| {
            let readers = [(); READERS].map(|()| scope.spawn(look_up));
            scope.spawn(|| {
                for (serial, id) in self.pairs.iter().cycle().take(INSERTS) {
                    insert(*serial, *id);
                }
            });
            let found = readers.map(|reader| reader.join().unwrap_or_default());
            found.iter().sum()
        })
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

// ANCHOR: lock_each
/// A lock for each direction. Between the two insertions a pair is known from one side only.
pub(crate) fn lock_each(crowd: &Crowd) -> usize {
    crowd.run(
        |serial| read(&crowd.ids).get(serial).copied(),
        |id| read(&crowd.serials).get(id).copied(),
        |serial, id| {
            write(&crowd.ids).insert(serial, id);
            write(&crowd.serials).insert(id, serial);
        },
    )
}
// ANCHOR_END: lock_each

// ANCHOR: lock_both
/// One lock for both: what is inserted is known from both sides at once.
pub(crate) fn lock_both(crowd: &Crowd) -> usize {
    crowd.run(
        |serial| read(&crowd.both).0.get(serial).copied(),
        |id| read(&crowd.both).1.get(id).copied(),
        |serial, id| {
            let mut both = write(&crowd.both);
            both.0.insert(serial, id);
            both.1.insert(id, serial);
        },
    )
}
// ANCHOR_END: lock_both
