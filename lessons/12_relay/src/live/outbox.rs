//! What waits for one client: bounded in bytes, filled without waiting, emptied by its session.
//!
//! Two batches take turns. Producers append to one under a lock that is held for a few instructions; the session
//! swaps it for the one that it has emptied and copies at leisure. Own frames lie one behind the other in the batch's
//! text; an event is shared with everybody who gets it. Neither takes an allocation once the batches have their room.

#[cfg(all(feature = "slow_reader", not(test)))]
mod queued;

use std::collections::VecDeque;
use std::mem::{swap, take};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use leak_avoidance::ShrinkPolicy;

use super::lock;

/// The client is too slow, or gone: its outbox takes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// What a [`take`](Outbox::take) found besides what it wrote.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// A chunk that was written in full: its buffer can be used again, and the query that filled it may go on.
    pub chunk: Option<Vec<u8>>,
    /// Whether there is more.
    pub more: bool,
}

#[derive(Debug)]
enum Out {
    /// So many bytes of the batch's text.
    Text(usize),
    /// For a subscription.
    #[cfg(any(not(feature = "slow_reader"), test))]
    Event {
        /// `["EVENT","sub",`, shared by the subscription's events.
        prefix: Arc<[u8]>,
        /// Shared by all who get it.
        json: Arc<[u8]>,
        /// The item before holds the same: it counts once.
        again: bool,
    },
    /// For a subscription: it lies in the batch's queue, which counts it.
    #[cfg(all(feature = "slow_reader", not(test)))]
    Event,
    /// Whole WebSocket frames.
    Chunk(Vec<u8>),
}

impl Out {
    fn cost(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(length) => *length,
                #[cfg(any(not(feature = "slow_reader"), test))]
                Self::Event { again: true, .. } => 0,
                #[cfg(any(not(feature = "slow_reader"), test))]
                Self::Event { json, .. } => json.len(),
                #[cfg(all(feature = "slow_reader", not(test)))]
                Self::Event => return 0,
                Self::Chunk(chunk) => chunk.capacity(),
            }
    }
}

/// The bytes that an event counts for while it waits in an outbox or is held back for it.
pub(super) fn cost_of_event(json: &[u8]) -> usize {
    size_of::<Out>() + json.len()
}

#[derive(Debug, Default)]
struct Batch {
    items: VecDeque<Out>,
    text: Vec<u8>,
    #[cfg(all(feature = "slow_reader", not(test)))]
    events: crate::parts::slow_reader::Queue,
}

#[derive(Debug, Default)]
struct Incoming {
    batch: Batch,
    waker: Option<Waker>,
    /// The session is to look around, whatever waits.
    nudged: bool,
    dropped: Option<&'static str>,
}

impl Incoming {
    /// Has the session woken when something comes.
    fn wait(&mut self, context: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
    }
}

#[derive(Debug)]
struct Outgoing {
    batch: Batch,
    /// How much of the batch's text has been taken.
    read: usize,
    items: ShrinkPolicy,
    text: ShrinkPolicy,
}

/// What waits for one client. Producers and the session share it in an [`Arc`].
///
/// ```
/// use relay::live::Outbox;
///
/// let outbox = Outbox::new(1_000);
/// outbox.push_text(|text| text.extend_from_slice(br#"["NOTICE","hello"]"#)).unwrap();
///
/// let mut socket = Vec::new();
/// let taken = outbox.take(&mut socket, 64 << 10, |into, length| into.push(length as u8)).unwrap();
/// assert_eq!(socket, b"\x12[\"NOTICE\",\"hello\"]");
/// assert!(!taken.more);
/// assert_eq!(outbox.bytes(), 0);
/// ```
#[derive(Debug)]
pub struct Outbox {
    budget: usize,
    /// Of what waits and of what subscriptions hold back.
    bytes: AtomicUsize,
    /// Those of them that are held back.
    held: AtomicUsize,
    /// Counted by `Live`, under its lock.
    pub(super) subscriptions: AtomicUsize,
    incoming: Mutex<Incoming>,
    outgoing: Mutex<Outgoing>,
}

impl Outbox {
    /// The reason of a client that doesn't read.
    pub const TOO_SLOW: &str = "error: you read too slowly for what you subscribed to";

    /// An empty one in which so many bytes may wait.
    pub fn new(budget: usize) -> Arc<Self> {
        Arc::new(Self {
            budget,
            bytes: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            subscriptions: AtomicUsize::new(0),
            incoming: Mutex::default(),
            outgoing: Mutex::new(Outgoing {
                batch: Batch::default(),
                read: 0,
                // The window is odd because two batches take turns: each decides every other time.
                items: ShrinkPolicy::new(4, 31),
                text: ShrinkPolicy::new(128, 31),
            }),
        })
    }

    /// Appends a text frame, which `write` appends to the buffer that it is given.
    ///
    /// # Errors
    ///
    /// [`Full`]: nothing was kept, and the session is told to end.
    pub fn push_text(&self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Full> {
        let mut incoming = lock(&self.incoming);
        if incoming.dropped.is_some() {
            return Err(Full);
        }
        let start = incoming.batch.text.len();
        write(&mut incoming.batch.text);
        let out = Out::Text(incoming.batch.text.len().saturating_sub(start));
        wake(self.append(incoming, out, false)?);
        Ok(())
    }

    /// Appends a chunk of stored events: whole WebSocket frames, headers included.
    ///
    /// # Errors
    ///
    /// [`Full`]: nothing was kept, and the session is told to end.
    pub fn push_chunk(&self, frames: Vec<u8>) -> Result<(), Full> {
        wake(self.append(lock(&self.incoming), Out::Chunk(frames), false)?);
        Ok(())
    }

    /// Appends an event, which counts already if it was held back. The caller wakes the session.
    #[cfg(any(not(feature = "slow_reader"), test))]
    pub(super) fn push_event(
        &self,
        prefix: &Arc<[u8]>,
        json: Arc<[u8]>,
        held: bool,
    ) -> Result<Option<Waker>, Full> {
        let incoming = lock(&self.incoming);
        let last = incoming.batch.items.back();
        let again = !held
            && matches!(last, Some(Out::Event { json: last, .. }) if Arc::ptr_eq(last, &json));
        let prefix = prefix.clone();
        self.append(
            incoming,
            Out::Event {
                prefix,
                json,
                again,
            },
            held,
        )
    }

    fn append(
        &self,
        mut incoming: MutexGuard<'_, Incoming>,
        out: Out,
        counted: bool,
    ) -> Result<Option<Waker>, Full> {
        let cost = out.cost();
        if incoming.dropped.is_some() {
            return Err(Full);
        }
        if !counted && !self.count(cost) {
            drop(incoming);
            self.drop_client(Self::TOO_SLOW);
            return Err(Full);
        }
        incoming.batch.items.push_back(out);
        Ok(incoming.waker.take())
    }

    fn count(&self, cost: usize) -> bool {
        let before = self.bytes.fetch_add(cost, Relaxed);
        let fits = before.saturating_add(cost) <= self.budget;
        if !fits {
            self.bytes.fetch_sub(cost, Relaxed);
        }
        fits
    }

    /// Counts bytes that a subscription holds back for this client.
    pub(super) fn hold(&self, cost: usize) -> Result<(), Full> {
        if self.dropped().is_some() {
            return Err(Full);
        }
        // First of all, so that these bytes never look as if they waited.
        self.held.fetch_add(cost, Relaxed);
        if self.count(cost) {
            return Ok(());
        }
        self.held.fetch_sub(cost, Relaxed);
        self.drop_client(Self::TOO_SLOW);
        Err(Full)
    }

    /// What was held back is so no more: it waits now, or is [released](Self::release).
    pub(super) fn let_go(&self, cost: usize) {
        self.held.fetch_sub(cost, Relaxed);
    }

    /// Takes back what [`hold`](Self::hold) counted.
    pub(super) fn release(&self, cost: usize) {
        self.bytes.fetch_sub(cost, Relaxed);
    }

    /// Frees what waits, takes nothing any more, and tells the session to end with a reason. The first reason counts.
    pub fn drop_client(&self, reason: &'static str) {
        let (waiting, waker) = {
            let mut incoming = lock(&self.incoming);
            incoming.dropped.get_or_insert(reason);
            (take(&mut incoming.batch), incoming.waker.take())
        };
        self.free(waiting);
        // If the session is just copying, it frees the rest itself when it comes back.
        if let Ok(mut outgoing) = self.outgoing.try_lock() {
            self.free(take(&mut outgoing.batch));
        }
        wake(waker);
    }

    fn free(&self, batch: Batch) {
        self.release(batch.items.iter().map(Out::cost).sum());
        #[cfg(all(feature = "slow_reader", not(test)))]
        self.free_events(batch.events);
    }

    /// Why the client is to be dropped, if it is.
    pub fn dropped(&self) -> Option<&'static str> {
        lock(&self.incoming).dropped
    }

    /// Appends to `into` what waits, until that holds `at_most` bytes or more, or a chunk is through. `header` appends
    /// the header of a text frame of so many bytes. Only the session calls this.
    ///
    /// # Errors
    ///
    /// The reason why the session is to end.
    pub fn take(
        &self,
        into: &mut Vec<u8>,
        at_most: usize,
        mut header: impl FnMut(&mut Vec<u8>, usize),
    ) -> Result<Taken, &'static str> {
        let mut outgoing = lock(&self.outgoing);
        self.turn(&mut outgoing)?;
        let Outgoing { batch, read, .. } = &mut *outgoing;
        let (mut taken, mut cost) = (Taken::default(), 0);
        while into.len() < at_most
            && taken.chunk.is_none()
            && let Some(out) = batch.items.pop_front()
        {
            cost += out.cost();
            match out {
                Out::Text(length) => {
                    header(into, length);
                    into.extend_from_slice(&batch.text[*read..*read + length]);
                    *read += length;
                }
                #[cfg(any(not(feature = "slow_reader"), test))]
                Out::Event { prefix, json, .. } => event_frame(into, &mut header, &prefix, &json),
                #[cfg(all(feature = "slow_reader", not(test)))]
                Out::Event => {
                    let write = |prefix: &_, json: &_| event_frame(into, &mut header, prefix, json);
                    cost += batch.events.pop(write).unwrap_or(0);
                }
                Out::Chunk(chunk) => {
                    into.extend_from_slice(&chunk);
                    taken.chunk = Some(chunk);
                }
            }
        }
        self.release(cost);
        taken.more = !batch.items.is_empty() || !lock(&self.incoming).batch.items.is_empty();
        Ok(taken)
    }

    /// Swaps the batches where the outgoing one is used up.
    fn turn(&self, outgoing: &mut Outgoing) -> Result<(), &'static str> {
        let Outgoing {
            batch,
            read,
            items,
            text,
        } = outgoing;
        let mut incoming = lock(&self.incoming);
        if let Some(reason) = incoming.dropped {
            self.free(take(batch));
            return Err(reason);
        }
        if batch.items.is_empty() && !incoming.batch.items.is_empty() {
            batch.text.clear();
            *read = 0;
            swap(batch, &mut incoming.batch);
            drop(incoming);
            items.after_use(&mut batch.items);
            text.after_use(&mut batch.text);
        }
        Ok(())
    }

    /// Makes the session look around once more: something besides this outbox has changed for it.
    pub fn nudge(&self) {
        let mut incoming = lock(&self.incoming);
        incoming.nudged = true;
        let waker = incoming.waker.take();
        drop(incoming);
        wake(waker);
    }

    /// Ready when there is something to take, or the session is to end. Only the session waits here.
    pub fn poll_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        if !lock(&self.outgoing).batch.items.is_empty() {
            return Poll::Ready(());
        }
        let mut incoming = lock(&self.incoming);
        let nudged = take(&mut incoming.nudged);
        if nudged || incoming.dropped.is_some() || !incoming.batch.items.is_empty() {
            return Poll::Ready(());
        }
        incoming.wait(context);
        Poll::Pending
    }

    /// Ready when the session is to end, whatever waits: for a session that can't write now.
    pub fn poll_dropped(&self, context: &mut Context<'_>) -> Poll<&'static str> {
        let mut incoming = lock(&self.incoming);
        if let Some(reason) = incoming.dropped {
            return Poll::Ready(reason);
        }
        incoming.wait(context);
        Poll::Pending
    }

    /// Bytes that wait, or are held back until stored events have been sent. An event that other clients get too
    /// counts in full; where it waits for several subscriptions of this one, once.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Bytes that wait for the session, without those that are held back: what these wait for must not wait for them.
    pub fn waiting(&self) -> usize {
        self.bytes().saturating_sub(self.held.load(Relaxed))
    }

    /// Gives all unused room back: for a client for which nothing has come in a while.
    pub fn trim(&self) {
        for batch in [
            &mut lock(&self.outgoing).batch,
            &mut lock(&self.incoming).batch,
        ] {
            if batch.items.is_empty() {
                *batch = Batch::default();
            }
        }
    }
}

/// Appends what a client gets of an event, after the header for it.
fn event_frame(
    into: &mut Vec<u8>,
    header: &mut impl FnMut(&mut Vec<u8>, usize),
    prefix: &[u8],
    json: &[u8],
) {
    header(into, prefix.len() + json.len() + 1);
    into.extend_from_slice(prefix);
    into.extend_from_slice(json);
    into.push(b']');
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
