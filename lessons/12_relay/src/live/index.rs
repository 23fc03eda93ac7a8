//! Finds the subscriptions that an event matches without looking at the others.
//!
//! Each filter is filed under the values of its most selective condition. An event has few values of each kind, and
//! looks under each of them. What it finds there are candidates: the whole filter decides.

use std::hash::{BuildHasher, RandomState};
use std::mem::{replace, take};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Waker;

use leak_avoidance::ShrinkPolicy;

#[cfg(any(not(feature = "one_frame"), test))]
use super::frames::Frames;
use super::outbox::{Outbox, cost_of_event};
use super::postings::{NONE, Postings};
use super::{Refused, Ticket};
use crate::event::Event;
use crate::filter::Filter;
#[cfg(all(feature = "one_frame", not(test)))]
use crate::parts::one_frame::Frames;

/// The commit of an event that is not stored: after all others.
const UNSTORED: u64 = u64::MAX;
/// Two counts and no data: what an `Arc` takes besides its value.
const ARC: usize = 16;

#[derive(Debug)]
enum Stored {
    /// They are being sent; events that come meanwhile wait here with their commits.
    Sending(Vec<(u64, Arc<[u8]>)>),
    /// All have been sent that this commit and those before it stored.
    Sent(u64),
}

#[derive(Debug)]
struct Subscription {
    serial: u64,
    /// The turn in which an event last found it.
    seen: u64,
    outbox: Arc<Outbox>,
    /// `["EVENT","sub",`: its name, and what each of its events begins with.
    prefix: Arc<[u8]>,
    filters: Arc<[Filter]>,
    stored: Stored,
    postings: u32,
}

impl Subscription {
    fn owned_bytes(&self) -> usize {
        let filters = self.filters.iter();
        let filters = filters.map(|filter| size_of::<Filter>() + filter.heap_bytes());
        let prefix = (ARC + self.prefix.len()).next_multiple_of(align_of::<usize>());
        prefix + ARC + filters.sum::<usize>()
    }

    /// Whether an event of a commit is among what was stored already.
    fn has(&self, commit: u64) -> bool {
        matches!(self.stored, Stored::Sent(from) if commit <= from)
    }

    /// Passes an event on, or holds it back. The session to wake, if it sleeps; nothing where it is to be dropped.
    fn deliver(&mut self, json: Arc<[u8]>, commit: u64) -> Option<Option<Waker>> {
        match &mut self.stored {
            Stored::Sent(_) => (self.outbox.push_event(&self.prefix, json, false)).ok(),
            Stored::Sending(held) => {
                if self.outbox.hold(cost_of_event(&json)).is_err() {
                    self.release_held();
                    return None;
                }
                held.push((commit, json));
                Some(None)
            }
        }
    }

    fn release_held(&mut self) {
        if let Stored::Sending(held) = &mut self.stored {
            for (_, json) in take(held) {
                let cost = cost_of_event(&json);
                self.outbox.release(cost);
                self.outbox.let_go(cost);
            }
        }
    }
}

/// What publishing needs again and again.
#[derive(Debug)]
pub(super) struct Scratch {
    frames: Frames,
    wakers: Vec<Waker>,
    keys: Vec<u64>,
    keys_policy: ShrinkPolicy,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            frames: Frames::default(),
            wakers: Vec::new(),
            keys: Vec::new(),
            keys_policy: ShrinkPolicy::new(64, 256),
        }
    }
}

impl Scratch {
    /// Wakes the sessions that something was pushed for.
    pub fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Lets the last event go and, after a burst, the room of events with many tags.
    pub fn give_back(&mut self) {
        self.frames.done();
        self.keys_policy.after_use(&mut self.keys);
    }

    /// Bytes of heap.
    pub fn heap_bytes(&self) -> usize {
        self.frames.heap_bytes()
            + self.wakers.capacity() * size_of::<Waker>()
            + self.keys.capacity() * size_of::<u64>()
    }
}

#[derive(Debug, Default)]
pub(super) struct Index {
    secret: RandomState,
    slots: Vec<Option<Subscription>>,
    free: Vec<u32>,
    postings: Postings,
    /// Names, filters and their values.
    owned: usize,
    serial: u64,
    turn: u64,
}

impl Index {
    /// Adds a subscription whose name is free, where it fits into so many bytes.
    pub fn insert(
        &mut self,
        outbox: &Arc<Outbox>,
        prefix: Arc<[u8]>,
        filters: Arc<[Filter]>,
        bytes: usize,
    ) -> Result<Ticket, Refused> {
        let mut subscription = Subscription {
            serial: self.serial + 1,
            seen: 0,
            outbox: outbox.clone(),
            prefix,
            filters,
            stored: Stored::Sending(Vec::new()),
            postings: NONE,
        };
        let values = filed_values(&subscription.filters);
        if self.heap_bytes_with(subscription.owned_bytes(), values + 2) > bytes {
            return Err(Refused::Memory);
        }
        self.serial += 1;
        self.owned += subscription.owned_bytes();
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let secret = &self.secret;
        let mut chain = NONE;
        let mut file = |key| chain = self.postings.add(key, slot, chain);
        file(client_key(secret, outbox));
        file(name_key(secret, outbox, &subscription.prefix));
        for filter in subscription.filters.iter() {
            file_under(filter, |class, value| file(key(secret, class, value)));
        }
        subscription.postings = chain;
        outbox.subscriptions.fetch_add(1, Relaxed);
        let serial = subscription.serial;
        match self.slots.get_mut(slot as usize) {
            Some(vacant) => *vacant = Some(subscription),
            None => self.slots.push(Some(subscription)),
        }
        Ok(Ticket { slot, serial })
    }

    /// Takes out the subscription of a client that has this name.
    pub fn remove_named(&mut self, outbox: &Arc<Outbox>, prefix: &[u8]) -> bool {
        let key = name_key(&self.secret, outbox, prefix);
        self.remove_where(key, |one| {
            Arc::ptr_eq(&one.outbox, outbox) && *one.prefix == *prefix
        })
    }

    /// Takes out all subscriptions of a client.
    pub fn remove_client(&mut self, outbox: &Arc<Outbox>) {
        let key = client_key(&self.secret, outbox);
        while self.remove_where(key, |one| Arc::ptr_eq(&one.outbox, outbox)) {}
    }

    /// Takes out a subscription that is filed under a key. Says whether there was one.
    fn remove_where(&mut self, key: u64, is_it: impl Fn(&Subscription) -> bool) -> bool {
        let found = (self.postings.owners(key))
            .find(|slot| self.slots[*slot as usize].as_ref().is_some_and(&is_it));
        if let Some(slot) = found {
            self.remove(slot);
        }
        found.is_some()
    }

    fn remove(&mut self, slot: u32) {
        let Some(mut subscription) = self.slots[slot as usize].take() else {
            return;
        };
        subscription.release_held();
        self.owned -= subscription.owned_bytes();
        self.postings.remove(subscription.postings);
        subscription.outbox.subscriptions.fetch_sub(1, Relaxed);
        self.free.push(slot);
        if self.free.len() == self.slots.len() {
            (self.slots, self.free) = Default::default();
        }
    }

    fn get(&mut self, ticket: Ticket) -> Option<&mut Subscription> {
        let slot = self.slots.get_mut(ticket.slot as usize)?.as_mut();
        slot.filter(|subscription| subscription.serial == ticket.serial)
    }

    /// Whether the subscription is still the one that the ticket was given for.
    pub fn is_open(&mut self, ticket: Ticket) -> bool {
        self.get(ticket).is_some()
    }

    /// Passes on what was held back and came after `commit`. The session to wake.
    pub fn stored_sent(&mut self, ticket: Ticket, commit: u64) -> Option<Waker> {
        let subscription = self.get(ticket)?;
        let Stored::Sending(held) = replace(&mut subscription.stored, Stored::Sent(commit)) else {
            return None;
        };
        let Subscription { outbox, prefix, .. } = subscription;
        let mut waker = None;
        for (committed, json) in held {
            let cost = cost_of_event(&json);
            match (committed > commit).then(|| outbox.push_event(prefix, json, true)) {
                Some(Ok(sleeper)) => waker = waker.or(sleeper),
                None | Some(Err(_)) => outbox.release(cost),
            }
            outbox.let_go(cost);
        }
        waker
    }

    /// Passes an event on to all whom it concerns and who may read it. How many.
    pub fn deliver(
        &mut self,
        event: &Event,
        commit: Option<u64>,
        may_read: impl Fn(&Outbox) -> bool,
        scratch: &mut Scratch,
    ) -> usize {
        let commit = commit.unwrap_or(UNSTORED);
        self.turn += 1;
        let mut delivered = 0;
        scratch.frames.done();
        // A tag that an event has a thousand times is looked up once.
        scratch.keys.clear();
        scratch.keys.extend(keys(&self.secret, event));
        scratch.keys.sort_unstable();
        scratch.keys.dedup();
        for &key in &scratch.keys {
            for slot in self.postings.owners(key) {
                let Some(subscription) = &mut self.slots[slot as usize] else {
                    continue;
                };
                if replace(&mut subscription.seen, self.turn) == self.turn
                    || subscription.has(commit)
                    || !Filter::matches_any(&subscription.filters, event)
                    || !may_read(&subscription.outbox)
                {
                    continue;
                }
                let json = scratch.frames.get(|buffer| event.write_json(buffer));
                if let Some(sleeper) = subscription.deliver(json, commit) {
                    scratch.wakers.extend(sleeper);
                    delivered += 1;
                }
            }
        }
        delivered
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Bytes of heap, without what is held back: that counts with the outboxes.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Subscription>>()
            + self.free.capacity() * size_of::<u32>()
            + self.postings.heap_bytes()
            + self.owned
    }

    /// Bytes of heap, at most, while one subscription more is added.
    fn heap_bytes_with(&self, owned: usize, postings: usize) -> usize {
        let slots = match self.len() < self.slots.capacity() {
            true => 0,
            // They double, and are there twice while they do.
            false => 2 * self.slots.capacity().max(4) * size_of::<Option<Subscription>>(),
        };
        self.heap_bytes() - self.postings.heap_bytes()
            + self.postings.heap_bytes_with(postings)
            + slots
            + owned
    }
}

// What a key stands for. Letters stand for tags; these are none.
const CLIENT: u8 = 0;
const NAME: u8 = 1;
const ID: u8 = 2;
const AUTHOR: u8 = 3;
const KIND: u8 = 4;
const ANY: u8 = 5;

/// Under how many values filters are filed.
pub(crate) fn filed_values(filters: &[Filter]) -> usize {
    let mut values = 0;
    for filter in filters {
        file_under(filter, |_, _| values += 1);
    }
    values
}

/// The values of a filter's most selective condition. None for a filter that no event can match.
pub(crate) fn file_under(filter: &Filter, mut file: impl FnMut(u8, &[u8])) {
    if let Some(ids) = &filter.ids {
        ids.iter().for_each(|id| file(ID, id.as_ref()));
    } else if let Some(tag) = filter.tags.iter().min_by_key(|tag| tag.values.len()) {
        let values = tag.values.iter();
        values.for_each(|value| file(tag.letter, value.as_bytes()));
    } else if let Some(authors) = &filter.authors {
        authors
            .iter()
            .for_each(|author| file(AUTHOR, author.as_ref()));
    } else if let Some(kinds) = &filter.kinds {
        kinds
            .iter()
            .for_each(|kind| file(KIND, &kind.to_be_bytes()));
    } else {
        file(ANY, &[]);
    }
}

/// All keys under which subscriptions that match an event can be.
pub(crate) fn keys(secret: &RandomState, event: &Event) -> impl Iterator<Item = u64> {
    let fixed = [
        key(secret, ID, event.id.as_ref()),
        key(secret, AUTHOR, event.pubkey.as_ref()),
        key(secret, KIND, &event.kind.to_be_bytes()),
        key(secret, ANY, &[]),
    ];
    let tags = event.letters();
    let tags = tags.map(|(letter, value)| key(secret, letter, value.as_bytes()));
    fixed.into_iter().chain(tags)
}

/// With a secret, so that no client can choose values that share a key.
pub(crate) fn key(secret: &RandomState, class: u8, value: &[u8]) -> u64 {
    secret.hash_one((class, value))
}

fn client_key(secret: &RandomState, outbox: &Arc<Outbox>) -> u64 {
    key(secret, CLIENT, &Arc::as_ptr(outbox).addr().to_ne_bytes())
}

fn name_key(secret: &RandomState, outbox: &Arc<Outbox>, prefix: &[u8]) -> u64 {
    secret.hash_one((NAME, Arc::as_ptr(outbox).addr(), prefix))
}
