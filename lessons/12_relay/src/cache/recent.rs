//! The ids of events that were stored lately.

use std::sync::Mutex;

use super::{Figures, lock};
use crate::event::EventId;
use crate::store::tables::Tid;

const SHARDS: usize = 8;
/// In how many places of its shard an id can be.
const WAYS: usize = 4;

/// Ids of stored events, as many as fit into a number of bytes.
///
/// It says yes only to an id that is stored, and no also to one that it has forgotten. All of its heap is taken at
/// the beginning (and by the system, page by page, when it is written to); asking and adding take none.
///
/// ```
/// use relay::cache::Recent;
/// use relay::event::EventId;
/// use relay::store::tables::Tid;
///
/// let recent = Recent::with_budget(64 << 10);
/// let (id, place) = (EventId::new([7; 32]), Tid([0; 6]));
/// recent.insert(&id, place);
/// assert!(recent.contains(&id));
/// recent.remove(&[place]);
/// assert!(!recent.contains(&id));
/// ```
#[derive(Debug)]
pub struct Recent {
    shards: Box<[Mutex<Shard>]>,
}

#[derive(Debug)]
struct Shard {
    ids: Box<[EventId]>,
    /// Where the event of an id is, plus one; 0 where no id is. Side by side, so that looking for a place among all
    /// of them takes microseconds.
    places: Box<[u64]>,
    entries: usize,
    next: usize,
    hits: u64,
    misses: u64,
}

impl Recent {
    /// What an id takes.
    pub const BYTES_EACH: usize = size_of::<EventId>() + size_of::<u64>();

    /// An empty one that takes at most so many bytes, and has room for 32 ids at least.
    pub fn with_budget(bytes: usize) -> Self {
        let sets = (bytes / Self::BYTES_EACH / SHARDS / WAYS).max(1);
        let shard = || {
            Mutex::new(Shard {
                ids: vec![EventId::ZERO; sets * WAYS].into(),
                places: vec![0; sets * WAYS].into(),
                entries: 0,
                next: 0,
                hits: 0,
                misses: 0,
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
        }
    }

    /// Whether an event is surely stored.
    pub fn contains(&self, id: &EventId) -> bool {
        let (shard, number) = self.locate(id);
        let mut shard = lock(shard);
        let found = shard.find(id, number).is_some();
        match found {
            true => shard.hits += 1,
            false => shard.misses += 1,
        }
        found
    }

    /// Adds an event that is committed. Leave those out that expire (NIP-40): once their time is over they are no
    /// duplicates, even while the database still has them.
    pub fn insert(&self, id: &EventId, place: Tid) {
        let (shard, number) = self.locate(id);
        let mut shard = lock(shard);
        if shard.find(id, number).is_some() {
            return;
        }
        let ways = shard.ways(number);
        let at = match ways.clone().find(|at| shard.places[*at] == 0) {
            Some(free) => free,
            None => {
                shard.next = (shard.next + 1) % WAYS;
                ways.start + shard.next
            }
        };
        shard.entries += usize::from(shard.places[at] == 0);
        shard.ids[at] = *id;
        shard.places[at] = number_of(place);
    }

    /// Forgets events that are stored no longer.
    pub fn remove(&self, places: &[Tid]) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            if places.len() > shard.places.len() {
                shard.places.fill(0);
                shard.entries = 0;
                continue;
            }
            for place in places {
                let number = number_of(*place);
                if let Some(at) = position(&shard.places, number) {
                    shard.places[at] = 0;
                    shard.entries -= 1;
                }
            }
        }
    }

    /// What it holds and what use it was.
    pub fn figures(&self) -> Figures {
        let mut all = Figures::default();
        for shard in &self.shards {
            let shard = lock(shard);
            let bytes = shard.places.len() * Self::BYTES_EACH;
            all += Figures {
                entries: shard.entries,
                bytes,
                budget: bytes,
                hits: shard.hits,
                misses: shard.misses,
            };
        }
        all
    }

    /// The shard of an id, and a number that says where in it. An id is as good as random. Whoever takes the trouble
    /// to find ids that meet in one set makes the relay forget these, and costs it nothing but speed.
    fn locate(&self, id: &EventId) -> (&Mutex<Shard>, usize) {
        let [a, b, c, d, e, f, g, h, ..] = *id.as_bytes();
        let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]) as usize;
        (&self.shards[number % SHARDS], number / SHARDS)
    }
}

impl Shard {
    fn ways(&self, number: usize) -> std::ops::Range<usize> {
        let start = number % (self.ids.len() / WAYS) * WAYS;
        start..start + WAYS
    }

    fn find(&self, id: &EventId, number: usize) -> Option<usize> {
        self.ways(number)
            .find(|at| self.places[*at] != 0 && self.ids[*at] == *id)
    }
}

fn number_of(Tid([a, b, c, d, e, f]): Tid) -> u64 {
    1 + u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// Compares whole chunks, which the compiler does several at a time.
fn position(numbers: &[u64], wanted: u64) -> Option<usize> {
    const CHUNK: usize = 64;
    let has = |chunk: &[u64]| {
        let found = chunk.iter().map(|number| *number == wanted);
        found.fold(false, |one, other| one | other)
    };
    let start = numbers.chunks(CHUNK).position(has)? * CHUNK;
    let within = numbers[start..]
        .iter()
        .position(|number| *number == wanted)?;
    Some(start + within)
}
