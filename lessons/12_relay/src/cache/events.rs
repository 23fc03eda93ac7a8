//! Events that were read lately, as they are sent.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use hashbrown::HashTable;

use super::kinds::Kinds;
use super::{Figures, lock};
use crate::event::{Event, EventId, PublicKey};
use crate::filter::Filter;
use crate::query;
use crate::store::tables::Tid;

const SHARDS: usize = 8;

/// An event as it is sent, and what decides whether a filter matches it.
#[derive(Debug)]
pub struct Cached {
    id: EventId,
    pubkey: PublicKey,
    created_at: u64,
    /// When it expires; far off where it doesn't.
    expires: u64,
    kind: u16,
    /// The JSON; behind it, values of tags that are escaped there.
    text: Box<str>,
    json: u32,
    letters: Box<[Letter]>,
}

/// Where in the text the value of a tag is that filters can ask for.
#[derive(Debug)]
struct Letter {
    start: u32,
    length: u32,
    letter: u8,
}

impl Cached {
    /// Takes an event and its JSON; nothing where that isn't what [`Event::write_json`] writes.
    fn new(event: &Event, json: &[u8]) -> Option<Self> {
        let mut text = String::with_capacity(json.len());
        text.push_str(str::from_utf8(json).ok()?);
        let mut letters = Vec::with_capacity(event.letters().count());
        let mut from = 0;
        for (letter, value) in event.letters() {
            // Within a string every quote is escaped, so this is the beginning of a tag, and of the next one of this
            // letter: the last one found was the one before.
            let opening = [b'[', b'"', letter, b'"', b',', b'"'];
            let opening = str::from_utf8(&opening).ok()?;
            from += text[from..json.len()].find(opening)? + opening.len();
            let is_plain = text[from..json.len()]
                .strip_prefix(value)
                .is_some_and(|rest| rest.starts_with('"'));
            let start = if is_plain { from } else { text.len() };
            if !is_plain {
                text.push_str(value);
            }
            letters.push(Letter {
                start: start as u32,
                length: value.len() as u32,
                letter,
            });
        }
        Some(Self {
            id: event.id,
            pubkey: event.pubkey,
            created_at: event.created_at,
            expires: event.expiration().unwrap_or(u64::MAX),
            kind: event.kind,
            text: text.into(),
            json: json.len() as u32,
            letters: letters.into(),
        })
    }

    /// The event as [`Event::write_json`] writes it.
    pub fn json(&self) -> &[u8] {
        &self.text.as_bytes()[..self.json as usize]
    }

    /// Its id.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// When it was made, in seconds since 1970.
    pub fn created_at(&self) -> u64 {
        self.created_at
    }

    /// Whether it meets every condition of a filter; the same as [`Filter::matches`].
    pub fn matches(&self, filter: &Filter) -> bool {
        let letters = self.letters.iter().map(|letter| {
            let start = letter.start as usize;
            let value = &self.text[start..start + letter.length as usize];
            (letter.letter, value)
        });
        filter.matches_parts(&self.id, &self.pubkey, self.created_at, self.kind, letters)
    }

    fn heap_bytes(&self) -> usize {
        self.text.len() + self.letters.len() * size_of::<Letter>()
    }
}

#[derive(Debug)]
struct Slot {
    place: Tid,
    /// Asked for since the hand came by.
    used: bool,
    cached: Cached,
}

#[derive(Debug, Default)]
struct Shard {
    /// Places → where in `slots`.
    table: HashTable<u32>,
    slots: Vec<Slot>,
    hand: usize,
    owned: usize,
    /// The last commit that removed an event whose place belongs here.
    removed: u64,
    hits: u64,
    misses: u64,
}

/// Events that queries found, by their places, as many as fit into a number of bytes.
///
/// A place may be given to another event when the one that had it is gone. So what is older than a shard's last
/// removal, snapshot or entry, has no part in it.
///
/// ```
/// use relay::cache::Events;
/// use relay::event::Event;
/// use relay::store::tables::Tid;
///
/// let events = Events::with_budget(1 << 20);
/// let (place, event, mut json) = (Tid([0; 6]), Event::default(), Vec::new());
/// event.write_json(&mut json);
///
/// events.insert(place, 7, &event, &json); // read from a snapshot of commit 7
/// assert_eq!(events.get(place, 8, |cached| cached.json().len()), Some(json.len()));
///
/// events.remove(&[place], 9); // commit 9 removed it
/// events.insert(place, 8, &event, &json); // a snapshot that still has it comes too late
/// assert_eq!(events.get(place, 9, |_| ()), None);
/// ```
#[derive(Debug)]
pub struct Events {
    budget: usize,
    hashes: RandomState,
    /// Of far more events than there is room for.
    kinds: Kinds,
    shards: Box<[Mutex<Shard>]>,
}

impl Events {
    /// An empty one that takes at most so many bytes of heap. With 0 it stays empty.
    pub fn with_budget(bytes: usize) -> Self {
        let kinds = Kinds::with_budget(bytes / 8);
        Self {
            budget: bytes,
            hashes: RandomState::new(),
            kinds,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Hands the event at a place to `read`, if it is here and a snapshot of this commit has it. Other threads that
    /// look for events of the same shard wait meanwhile.
    pub fn get<T>(&self, place: Tid, snapshot: u64, read: impl FnOnce(&Cached) -> T) -> Option<T> {
        let (hash, mut shard) = self.shard(place);
        let shard = &mut *shard;
        let found = match snapshot >= shard.removed {
            true => shard.find(hash, place),
            false => None,
        };
        match found {
            Some(_) => shard.hits += 1,
            None => shard.misses += 1,
        }
        let slot = &mut shard.slots[found? as usize];
        slot.used = true;
        Some(read(&slot.cached))
    }

    /// What queries can know of events without reading them, seen from a snapshot of this commit.
    pub fn known(&self, snapshot: u64) -> Known<'_> {
        Known {
            events: self,
            snapshot,
        }
    }

    /// Adds an event that was read from a snapshot of this commit, with the JSON that
    /// [`Event::write_json`] made of it. Takes two blocks of heap; forgets others where there is no room.
    pub fn insert(&self, place: Tid, snapshot: u64, event: &Event, json: &[u8]) {
        let budget = (self.budget - self.kinds.budget()) / SHARDS;
        // What would push out much else is read from the database each time.
        if json.len() > budget / 8 {
            return;
        }
        let Some(cached) = Cached::new(event, json) else {
            return;
        };
        let (hash, mut shard) = self.shard(place);
        if snapshot < shard.removed || shard.find(hash, place).is_some() {
            return;
        }
        if !shard.make_room(cached.heap_bytes(), budget, &self.hashes) {
            return;
        }
        let Shard { table, slots, .. } = &mut *shard;
        table.insert_unique(hash, slots.len() as u32, |slot| {
            self.hashes.hash_one(slots[*slot as usize].place)
        });
        shard.owned += cached.heap_bytes();
        shard.slots.push(Slot {
            place,
            used: false,
            cached,
        });
    }

    /// Forgets events that a commit removed: after it, and before the next one begins.
    pub fn remove(&self, places: &[Tid], commit: u64) {
        self.kinds.remove(places, commit);
        for place in places {
            let (hash, mut shard) = self.shard(*place);
            shard.removed = shard.removed.max(commit);
            if let Some(slot) = shard.find(hash, *place) {
                shard.take_out(slot as usize, &self.hashes);
            }
        }
    }

    /// What it holds and what use it was.
    pub fn figures(&self) -> Figures {
        let mut all = Figures::default();
        for shard in &self.shards {
            let shard = lock(shard);
            all += Figures {
                entries: shard.slots.len(),
                bytes: shard.heap_bytes(),
                budget: 0,
                hits: shard.hits,
                misses: shard.misses,
            };
        }
        all.bytes += self.kinds.heap_bytes();
        all.budget = self.budget;
        all
    }

    fn shard(&self, place: Tid) -> (u64, std::sync::MutexGuard<'_, Shard>) {
        let hash = self.hashes.hash_one(place);
        // Its lowest and highest bits place it in the table.
        (hash, lock(&self.shards[(hash >> 32) as usize % SHARDS]))
    }
}

impl Shard {
    fn find(&self, hash: u64, place: Tid) -> Option<u32> {
        self.table
            .find(hash, |slot| self.slots[*slot as usize].place == place)
            .copied()
    }

    /// Forgets what nobody asked for since the hand came by last, until an entry fits that owns so many bytes. False
    /// where it never will.
    fn make_room(&mut self, owned: usize, budget: usize, hashes: &RandomState) -> bool {
        loop {
            let grows = self.slots.len() == self.slots.capacity();
            // A quarter at a time: doubling would leave half of the budget unused.
            let more = if grows { self.slots.len() / 4 + 4 } else { 0 };
            let table = match self.table.len() == self.table.capacity() {
                true => self.table.allocation_size() + 64,
                false => 0,
            };
            if self.heap_bytes() + more * size_of::<Slot>() + table + owned <= budget {
                self.slots.reserve_exact(more);
                return true;
            }
            if self.slots.is_empty() {
                return false;
            }
            self.hand %= self.slots.len();
            let slot = &mut self.slots[self.hand];
            if slot.used {
                slot.used = false;
                self.hand += 1;
            } else {
                self.take_out(self.hand, hashes);
            }
        }
    }

    fn take_out(&mut self, at: usize, hashes: &RandomState) {
        let hash_at = |at: usize| hashes.hash_one(self.slots[at].place);
        let last = self.slots.len() - 1;
        let (hash, moved) = (hash_at(at), hash_at(last));
        if let Ok(entry) = self.table.find_entry(hash, |slot| *slot == at as u32) {
            entry.remove();
        }
        if let Some(slot) = self.table.find_mut(moved, |slot| *slot == last as u32) {
            *slot = at as u32;
        }
        self.owned -= self.slots.swap_remove(at).cached.heap_bytes();
    }

    fn heap_bytes(&self) -> usize {
        self.owned + self.slots.capacity() * size_of::<Slot>() + self.table.allocation_size()
    }
}

/// [`Events`], seen from one snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    events: &'a Events,
    snapshot: u64,
}

impl query::Known for Known<'_> {
    fn id(&mut self, place: Tid) -> Option<EventId> {
        self.events.get(place, self.snapshot, |cached| cached.id)
    }

    fn kind(&mut self, place: Tid) -> Option<u16> {
        self.events.kinds.get(place, self.snapshot)
    }

    fn learn_kind(&mut self, place: Tid, kind: u16) {
        self.events.kinds.insert(place, kind, self.snapshot);
    }

    fn matches(&mut self, place: Tid, filter: &Filter) -> Option<bool> {
        let matches = |cached: &Cached| cached.matches(filter);
        self.events.get(place, self.snapshot, matches)
    }
}

impl Known<'_> {
    /// Appends the JSON of the event at a place, if it is here, and says when that expires:
    /// at `u64::MAX` if never.
    pub fn write_json(&self, place: Tid, into: &mut Vec<u8>) -> Option<u64> {
        let write = |cached: &Cached| {
            into.extend_from_slice(cached.json());
            cached.expires
        };
        self.events.get(place, self.snapshot, write)
    }
}
