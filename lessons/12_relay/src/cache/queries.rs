//! Whole answers to filters that were asked before, compressed.
//!
//! An answer is a chain of blocks of zstd, each as long as a chunk that a reader sends. Whether it pays depends on what
//! it saves. One whose events would have to be read from the database costs several times as much as decompressing it.
//! One whose events all lie in [`Events`](super::Events) is put together faster from there, unless they had to be
//! searched for among many others; but they take about twice the room there, where answers don't overlap. So each of
//! the two caches has its share. `cargo run --release -p relay --example queries` measures all
//! three for five shapes of filter, and what each cache keeps for them.
//!
//! Keeping one costs about half of what making it costs. So an answer is recorded when its filters are asked for the
//! second time, and only as long as that turns out to be of use: each that is dropped before anybody asked for it again
//! halves the share of repeated questions that are recorded, and each that was of use doubles it.
//!
//! # Never stale
//!
//! The answers here are those of one commit, which the writer moves on: before it acknowledges what a commit stored,
//! [`committed`](Queries::committed) drops the answers that a new event matches, found in an index like that of
//! subscriptions, and those that have a removed event in them, found by its place. An answer is given, and taken in,
//! only for a snapshot of that very commit. One that contains an event which expires ends with it.

#[cfg(test)]
mod tests;

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::mem::take;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use pooling::{Compressors, Context, Limits, Locked};
use zstd::bulk::Decompressor;

use super::{Figures, lock};
use crate::event::Event;
use crate::filter::Filter;
use crate::live::{self, NONE, Postings, file_under, filed_values};
use crate::store::tables::Tid;

/// What a block holds, in bytes of JSON; its last event may make it longer.
const BLOCK: usize = 64 << 10;
/// Longer answers aren't kept, in bytes of JSON.
const LONGEST: usize = 1 << 20;
/// Filters whose first time is remembered.
const SEEN: usize = 4 << 10;
/// At worst, one of two to the power of this many repeated questions is recorded.
const DOUBT: u32 = 6;
/// Two counts and no data: what an `Arc` takes besides its value.
const ARC: usize = 16;
/// While a commit is being gone through, answers are those of none.
const UNSETTLED: u64 = u64::MAX;

// Letters stand for tags, and what subscriptions are found by comes before these.
const PLACE: u8 = 6;
const ASKED: u8 = 7;

/// What is known of filters that are asked now.
#[derive(Debug)]
pub enum Asked {
    /// The answer.
    Before(Arc<Answer>),
    /// They were asked before, and their answer may be worth keeping.
    Again,
    /// Nothing that would be of use.
    First,
}

/// An answer, for a reader to send block by block.
#[derive(Debug)]
pub struct Answer {
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    /// How long it is when decompressed.
    length: usize,
    bytes: Box<[u8]>,
}

impl Answer {
    /// Hands the JSON of each event of a block to `row`. Says whether there is another block.
    ///
    /// # Errors
    ///
    /// Where zstd has no memory.
    pub fn read(
        &self,
        block: usize,
        context: &mut Decompressor<'static>,
        room: &mut Vec<u8>,
        mut row: impl FnMut(&[u8]),
    ) -> io::Result<bool> {
        let Block { length, bytes } = &self.blocks[block];
        room.clear();
        room.reserve(*length);
        context.decompress_to_buffer(bytes, room)?;
        let mut rest = &room[..];
        while let Some((length, more)) = rest.split_first_chunk() {
            let (json, more) = more.split_at(u32::from_le_bytes(*length) as usize);
            row(json);
            rest = more;
        }
        Ok(block + 1 < self.blocks.len())
    }

    fn heap_bytes(&self) -> usize {
        let blocks = self.blocks.iter().map(|block| block.bytes.len());
        ARC + size_of::<Self>()
            + self.blocks.capacity() * size_of::<Block>()
            + blocks.sum::<usize>()
    }
}

/// An answer on its way into the cache, while it is sent for the second time.
#[derive(Debug)]
pub struct Recording {
    queries: Arc<Queries>,
    filters: Arc<[Filter]>,
    snapshot: u64,
    answer: Answer,
    block: Vec<u8>,
    places: Vec<Tid>,
    deadline: u64,
    /// Bytes of JSON so far.
    length: usize,
    /// What is charged for it.
    counted: usize,
    given_up: bool,
}

impl Recording {
    /// Adds an event that is sent now, and when it expires: at `u64::MAX` if never.
    pub fn push(&mut self, place: Tid, expires: u64, json: &[u8]) {
        self.length += json.len();
        if self.given_up || self.length > LONGEST {
            return self.give_up();
        }
        self.block
            .extend_from_slice(&(json.len() as u32).to_le_bytes());
        self.block.extend_from_slice(json);
        self.places.push(place);
        self.deadline = self.deadline.min(expires);
        if self.block.len() >= BLOCK {
            self.close_block();
        }
        let bytes = self.block.capacity()
            + self.places.capacity() * size_of::<Tid>()
            + self.answer.heap_bytes();
        let all = &self.queries.recording;
        let more = bytes.saturating_sub(self.counted);
        self.counted += more;
        if all.fetch_add(more, Relaxed) + more > self.queries.budget / 4 {
            self.give_up();
        }
    }

    fn close_block(&mut self) {
        let mut bytes = Vec::new();
        match self.queries.contexts.compress(&self.block, &mut bytes) {
            Ok(()) => self.answer.blocks.push(Block {
                length: self.block.len(),
                bytes: bytes.into(),
            }),
            Err(_) => self.give_up(),
        }
        self.block.clear();
    }

    fn give_up(&mut self) {
        self.given_up = true;
        (self.block, self.places, self.answer.blocks) = Default::default();
    }

    /// Takes the answer in, now that it is complete.
    pub fn finish(mut self) {
        if !self.block.is_empty() {
            self.close_block();
        }
        if self.given_up {
            self.queries.not_again(&self.filters);
        } else if !self.places.is_empty() {
            self.answer.blocks.shrink_to_fit();
            let queries = self.queries.clone();
            queries.keep(&mut self);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.queries.recording.fetch_sub(self.counted, Relaxed);
    }
}

#[derive(Debug)]
struct Entry {
    filters: Arc<[Filter]>,
    answer: Arc<Answer>,
    deadline: u64,
    postings: u32,
    owned: usize,
    /// Asked for since the hand came by.
    used: bool,
    /// Asked for at all.
    paid: bool,
}

#[derive(Debug)]
struct State {
    secret: RandomState,
    /// The commit whose answers these are.
    commit: u64,
    slots: Vec<Option<Entry>>,
    free: Vec<u32>,
    /// From filters, from what they could match, and from places.
    postings: Postings,
    seen: Box<[u32]>,
    /// Of two to the power of this many repeated questions, one is recorded.
    doubt: u32,
    /// How many there were.
    repeated: u32,
    hand: usize,
    owned: usize,
    hits: u64,
    misses: u64,
}

/// Answers to filters, as many as fit into a number of bytes. An answer that is being sent lives until it is sent.
///
/// ```
/// use std::sync::Arc;
/// use relay::cache::{Asked, Queries};
/// use relay::event::Event;
/// use relay::filter::Filter;
/// use relay::store::tables::Tid;
///
/// let queries = Queries::with_budget(1 << 20, 7); // the database is at commit 7
/// let filters: Arc<[Filter]> = Arc::new([Filter { kinds: Some(vec![1]), ..Filter::default() }]);
/// assert!(matches!(queries.find(&filters, 7, 0), Asked::First));
/// assert!(matches!(queries.find(&filters, 7, 0), Asked::Again));
///
/// let mut recording = queries.record(&filters, 7);
/// recording.push(Tid([0; 6]), u64::MAX, b"{}"); // sent from a snapshot of commit 7
/// recording.finish();
/// assert!(matches!(queries.find(&filters, 7, 0), Asked::Before(_)));
///
/// let mut event = Event::default();
/// event.kind = 2;
/// queries.committed(8, &[], [&event]);
/// assert!(matches!(queries.find(&filters, 8, 0), Asked::Before(_)));
/// event.kind = 1;
/// queries.committed(9, &[], [&event]);
/// assert!(!matches!(queries.find(&filters, 9, 0), Asked::Before(_)));
/// ```
#[derive(Debug)]
pub struct Queries {
    budget: usize,
    /// What recordings take, in bytes.
    recording: AtomicUsize,
    contexts: Compressors<Locked<Context>>,
    state: Mutex<State>,
}

impl Queries {
    /// An empty one that takes at most so many bytes of heap, of a database that is at this commit. With 0 it stays
    /// empty.
    pub fn with_budget(bytes: usize, commit: u64) -> Arc<Self> {
        let seen = if bytes == 0 { 0 } else { SEEN };
        Arc::new(Self {
            budget: bytes,
            recording: AtomicUsize::new(0),
            // The fastest level: answers are short-lived, and blocks of JSON shrink to a quarter even so.
            contexts: Compressors::new(Locked::new(Limits::of(1)), 1),
            state: Mutex::new(State {
                secret: RandomState::new(),
                commit,
                slots: Vec::new(),
                free: Vec::new(),
                postings: Postings::default(),
                seen: vec![0; seen].into(),
                doubt: 0,
                repeated: 0,
                hand: 0,
                owned: 0,
                hits: 0,
                misses: 0,
            }),
        })
    }

    /// What is known of filters, seen from a snapshot of this commit, at this time in seconds since 1970.
    pub fn find(&self, filters: &[Filter], snapshot: u64, now: u64) -> Asked {
        if self.budget == 0 {
            return Asked::First;
        }
        let mut state = lock(&self.state);
        let state = &mut *state;
        let key = state.asked(filters);
        if let Some(slot) = state.slot_of(key, filters)
            && let Some(entry) = &mut state.slots[slot as usize]
            && snapshot == state.commit
        {
            if now < entry.deadline {
                entry.used = true;
                if !std::mem::replace(&mut entry.paid, true) {
                    state.doubt = state.doubt.saturating_sub(1);
                }
                state.hits += 1;
                return Asked::Before(entry.answer.clone());
            }
            state.remove(slot);
        }
        state.misses += 1;
        let (seen, first) = (state.seen(key), tag(key));
        match *seen {
            known if known == first => {
                state.repeated = state.repeated.wrapping_add(1);
                match state.repeated % (1 << state.doubt) {
                    0 => Asked::Again,
                    _ => Asked::First,
                }
            }
            known if known == !first => Asked::First,
            _ => {
                *seen = first;
                Asked::First
            }
        }
    }

    /// Begins to record an answer that is read from a snapshot of this commit.
    pub fn record(self: &Arc<Self>, filters: &Arc<[Filter]>, snapshot: u64) -> Recording {
        Recording {
            queries: self.clone(),
            filters: filters.clone(),
            snapshot,
            answer: Answer { blocks: Vec::new() },
            block: Vec::new(),
            places: Vec::new(),
            deadline: u64::MAX,
            length: 0,
            counted: 0,
            given_up: false,
        }
    }

    /// Doesn't have an answer recorded again that is too long.
    fn not_again(&self, filters: &[Filter]) {
        let mut state = lock(&self.state);
        let key = state.asked(filters);
        *state.seen(key) = !tag(key);
    }

    fn keep(&self, recording: &mut Recording) {
        let Recording {
            filters, places, ..
        } = recording;
        let answer = Answer {
            blocks: take(&mut recording.answer.blocks),
        };
        let entry = Entry {
            owned: answer.heap_bytes() + bytes_of(filters),
            filters: filters.clone(),
            answer: Arc::new(answer),
            deadline: recording.deadline,
            postings: NONE,
            used: false,
            paid: false,
        };
        let mut state = lock(&self.state);
        let key = state.asked(filters);
        let postings = 1 + filed_values(filters) + places.len();
        if recording.snapshot == state.commit
            && state.slot_of(key, filters).is_none()
            && state.make_room(entry.owned, postings, self.budget - self.budget / 4)
        {
            state.insert(entry, key, places);
        }
    }

    /// Drops the answers that a commit has changed: after it, and before anything of it is acknowledged. `stored` are
    /// the events that it added, `removed` the places of those that it removed.
    pub fn committed<'a>(
        &self,
        commit: u64,
        removed: &[Tid],
        stored: impl IntoIterator<Item = &'a Event>,
    ) {
        let mut state = lock(&self.state);
        if state.postings.is_empty() {
            state.commit = commit;
            return;
        }
        state.commit = UNSETTLED;
        for place in removed {
            let key = live::key(&state.secret, PLACE, &place.0);
            state.drop_all(key, |_| true);
        }
        drop(state);
        let mut keyed = Vec::new();
        for event in stored {
            // One lock per event: those who ask wait for one at most.
            let mut state = lock(&self.state);
            keyed.clear();
            keyed.extend(live::keys(&state.secret, event));
            keyed.sort_unstable();
            keyed.dedup();
            for &key in &keyed {
                state.drop_all(key, |entry| Filter::matches_any(&entry.filters, event));
            }
        }
        lock(&self.state).commit = commit;
    }

    /// What it holds and what use it was.
    pub fn figures(&self) -> Figures {
        let state = lock(&self.state);
        Figures {
            entries: state.slots.len() - state.free.len(),
            bytes: state.heap_bytes(state.postings.heap_bytes()) + self.recording.load(Relaxed),
            budget: self.budget,
            hits: state.hits,
            misses: state.misses,
        }
    }
}

impl State {
    fn asked(&self, filters: &[Filter]) -> u64 {
        self.secret.hash_one((ASKED, filters))
    }

    fn seen(&mut self, key: u64) -> &mut u32 {
        let at = key as usize % self.seen.len();
        &mut self.seen[at]
    }

    fn slot_of(&self, key: u64, filters: &[Filter]) -> Option<u32> {
        self.postings.owners(key).find(|slot| {
            let entry = self.slots[*slot as usize].as_ref();
            entry.is_some_and(|entry| *entry.filters == *filters)
        })
    }

    fn insert(&mut self, mut entry: Entry, key: u64, places: &[Tid]) {
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let Self {
            secret, postings, ..
        } = self;
        let mut chain = postings.add(key, slot, NONE);
        for filter in entry.filters.iter() {
            file_under(filter, |class, value| {
                chain = postings.add(live::key(secret, class, value), slot, chain);
            });
        }
        for place in places {
            chain = postings.add(live::key(secret, PLACE, &place.0), slot, chain);
        }
        entry.postings = chain;
        self.owned += entry.owned;
        match self.slots.get_mut(slot as usize) {
            Some(vacant) => *vacant = Some(entry),
            None => self.slots.push(Some(entry)),
        }
    }

    fn remove(&mut self, slot: u32) {
        let Some(entry) = self.slots[slot as usize].take() else {
            return;
        };
        if !entry.paid {
            self.doubt = (self.doubt + 1).min(DOUBT);
        }
        self.owned -= entry.owned;
        self.postings.remove(entry.postings);
        self.free.push(slot);
        if self.free.len() == self.slots.len() {
            (self.slots, self.free) = Default::default();
        }
    }

    /// Drops those filed under a key that `is_changed` says so of.
    fn drop_all(&mut self, key: u64, mut is_changed: impl FnMut(&Entry) -> bool) {
        loop {
            let slots = &self.slots;
            let next = self.postings.owners(key).find(|slot| {
                let entry = slots[*slot as usize].as_ref();
                entry.is_some_and(&mut is_changed)
            });
            match next {
                Some(slot) => self.remove(slot),
                None => return,
            }
        }
    }

    /// Drops what nobody asked for since the hand came by last, until an entry fits that owns so many bytes and is
    /// filed under so many keys. False where it never will.
    fn make_room(&mut self, owned: usize, postings: usize, budget: usize) -> bool {
        loop {
            let grows = self.free.is_empty() && self.slots.len() == self.slots.capacity();
            let more = if grows { self.slots.len() / 4 + 4 } else { 0 };
            let each = size_of::<Option<Entry>>() + size_of::<u32>();
            let postings = self.postings.heap_bytes_with(postings);
            if self.heap_bytes(postings) + more * each + owned <= budget {
                self.slots.reserve_exact(more);
                let free = self.slots.capacity() - self.free.len();
                self.free.reserve_exact(free);
                return true;
            }
            if self.slots.is_empty() {
                return false;
            }
            self.hand %= self.slots.len();
            match &mut self.slots[self.hand] {
                Some(entry) if !entry.used => self.remove(self.hand as u32),
                Some(entry) => entry.used = false,
                None => {}
            }
            self.hand += 1;
        }
    }

    fn heap_bytes(&self, postings: usize) -> usize {
        self.owned
            + postings
            + self.slots.capacity() * size_of::<Option<Entry>>()
            + self.free.capacity() * size_of::<u32>()
            + size_of_val(&*self.seen)
    }
}

/// Odd, so that it differs from every other one's complement, and from the zero of an empty slot.
fn tag(key: u64) -> u32 {
    (key >> 32) as u32 | 1
}

fn bytes_of(filters: &[Filter]) -> usize {
    let each = |filter: &Filter| size_of::<Filter>() + filter.heap_bytes();
    ARC + filters.iter().map(each).sum::<usize>()
}
