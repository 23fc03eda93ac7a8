//! Tells clients of new events: who wants what, and what waits for whom.
//!
//! Matching an event costs what it matches, not what is subscribed. It is serialised at most once, and only if
//! somebody wants it. Nobody is waited for: what a client doesn't take waits in its [`Outbox`], whose size is bounded.
//!
//! A subscription gets each event once, whether it was stored before or comes later. From [`Live::subscribe`] on, new
//! events are held back; then the snapshot is made that stored events are read from; [`Live::stored_sent`] passes on
//! what was held back and isn't in that snapshot.

#[cfg(any(not(feature = "one_frame"), test))]
mod frames;
mod index;
mod outbox;
#[cfg_attr(
    all(feature = "subscription_index", not(test)),
    path = "live/postings_part.rs"
)]
mod postings;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

pub use outbox::{Full, Outbox, Taken};
use thiserror::Error;

use crate::event::Event;
use crate::filter::Filter;
use crate::lock;
use crate::wire::{SubId, write_event};
use index::{Index, Scratch};
pub(crate) use index::{file_under, filed_values, key, keys};
pub(crate) use postings::{NONE, Postings};

/// After how many events sleeping sessions are woken: waking costs more than a push, but what waits for a session that
/// sleeps through a large commit could outgrow its bounds.
const WAKE_EVERY: usize = 16;

/// How much clients may subscribe to.
#[derive(Clone, Copy, Debug)]
pub struct LiveLimits {
    /// Subscriptions of one client.
    pub subscriptions: usize,
    /// Values that one subscription is found by: ids, tag values, authors or kinds, whatever is most selective.
    pub values: usize,
    /// Bytes of heap for all subscriptions.
    pub bytes: usize,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            subscriptions: 64,
            values: 2_048,
            bytes: 64 << 20,
        }
    }
}

/// Why a subscription is refused. Its text is the reason of a CLOSED message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The client has so many already.
    #[error("rate-limited: close one of your {0} subscriptions first")]
    Subscriptions(usize),
    /// More than so many values.
    #[error("invalid: more than {0} values in filters")]
    Values(usize),
    /// The relay has no room for it.
    #[error("rate-limited: no room for more subscriptions, try later")]
    Memory,
    /// The client has left or is being dropped.
    #[error("error: the connection is being closed")]
    Gone,
}

/// One subscription: not only its name, which the client may give to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    slot: u32,
    serial: u64,
}

/// All subscriptions of all clients.
///
/// ```
/// use relay::event::Event;
/// use relay::filter::Filter;
/// use relay::live::{Live, LiveLimits, Outbox};
/// use relay::wire::SubId;
///
/// let live = Live::new(LiveLimits::default());
/// let client = Outbox::new(1 << 20);
/// let kind_1 = Filter { kinds: Some(vec![1]), ..Filter::default() };
///
/// let ticket = live.subscribe(&client, &SubId::new("notes").unwrap(), [kind_1].into()).unwrap();
/// // Now the snapshot of the store is made, say of commit 7; its events are sent, and EOSE.
/// live.stored_sent(ticket, 7);
///
/// let mut event = Event::default();
/// event.kind = 1;
/// assert_eq!(live.publish(&event, Some(7)), 0, "the client has it from the snapshot");
/// assert_eq!(live.publish(&event, Some(8)), 1);
/// event.kind = 2;
/// assert_eq!(live.publish(&event, Some(9)), 0);
/// ```
#[derive(Debug)]
pub struct Live {
    limits: LiveLimits,
    /// Held while events are published, so that subscribers need not wait until sessions have been woken.
    publishing: Mutex<Scratch>,
    index: Mutex<Index>,
}

impl Live {
    /// None yet.
    pub fn new(limits: LiveLimits) -> Self {
        Self {
            limits,
            publishing: Mutex::default(),
            index: Mutex::default(),
        }
    }

    /// Begins a subscription, and ends the client's former one of this name even if the new one is refused.
    ///
    /// New events are held back until [`stored_sent`](Self::stored_sent). The snapshot that stored events are read
    /// from must be made after this call.
    ///
    /// # Errors
    ///
    /// A limit.
    pub fn subscribe(
        &self,
        outbox: &Arc<Outbox>,
        sub: &SubId,
        filters: Arc<[Filter]>,
    ) -> Result<Ticket, Refused> {
        let prefix = prefix(sub);
        let mut index = lock(&self.index);
        index.remove_named(outbox, &prefix);
        let most = &self.limits;
        if outbox.dropped().is_some() {
            Err(Refused::Gone)
        } else if index::filed_values(&filters) > most.values {
            Err(Refused::Values(most.values))
        } else if outbox.subscriptions.load(Relaxed) >= most.subscriptions {
            Err(Refused::Subscriptions(most.subscriptions))
        } else {
            index.insert(outbox, prefix.into(), filters, most.bytes)
        }
    }

    /// EOSE has been pushed after what a snapshot of `commit` held: passes on what came since, and from now on
    /// everything at once. Nothing happens where the subscription has ended meanwhile.
    pub fn stored_sent(&self, ticket: Ticket, commit: u64) {
        let waker = lock(&self.index).stored_sent(ticket, commit);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the subscription has neither been closed nor replaced: else its query can stop.
    pub fn is_open(&self, ticket: Ticket) -> bool {
        lock(&self.index).is_open(ticket)
    }

    /// Ends a client's subscription. Says whether there was one.
    pub fn unsubscribe(&self, outbox: &Arc<Outbox>, sub: &SubId) -> bool {
        lock(&self.index).remove_named(outbox, &prefix(sub))
    }

    /// Ends all subscriptions of a client that has left: it takes nothing more, and can't subscribe again.
    pub fn forget(&self, outbox: &Arc<Outbox>) {
        outbox.drop_client("error: the connection is closed");
        lock(&self.index).remove_client(outbox);
    }

    /// Passes an event on to all subscriptions that match: after its commit became visible, or with none where it is
    /// not stored. How many got it.
    pub fn publish(&self, event: &Event, commit: Option<u64>) -> usize {
        self.publish_all([event], commit, |_, _| true)
    }

    /// Passes events of one commit on to clients that may read them, and wakes each client once for several of them.
    /// How many were delivered.
    pub fn publish_all<'a>(
        &self,
        events: impl IntoIterator<Item = &'a Event>,
        commit: Option<u64>,
        may_read: impl Fn(&Event, &Outbox) -> bool,
    ) -> usize {
        let mut scratch = lock(&self.publishing);
        let mut delivered = 0;
        for (number, event) in events.into_iter().enumerate() {
            if number % WAKE_EVERY == 0 {
                scratch.wake();
            }
            let may_read = |outbox: &Outbox| may_read(event, outbox);
            // One lock per event: a subscriber waits for one at most.
            delivered += lock(&self.index).deliver(event, commit, may_read, &mut scratch);
        }
        scratch.wake();
        scratch.give_back();
        delivered
    }

    /// How many subscriptions there are.
    pub fn subscriptions(&self) -> usize {
        lock(&self.index).len()
    }

    /// Bytes of heap of all subscriptions; what waits for clients counts in their outboxes.
    pub fn heap_bytes(&self) -> usize {
        let publishing = lock(&self.publishing).heap_bytes();
        publishing + lock(&self.index).heap_bytes()
    }
}

/// What every event of a subscription begins with.
fn prefix(sub: &SubId) -> Vec<u8> {
    let mut frame = Vec::new();
    write_event(&mut frame, sub, b"");
    frame.pop();
    frame
}
