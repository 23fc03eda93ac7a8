//! Step 9, the relay as it is: one task takes the frames in, as many as fit a batch; an event is serialised once,
//! however many get it; an index finds the subscriptions that want it; what waits for a client is bounded. The store is
//! the relay's own, with its caches and its rules.

use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::Arc;

use pooling::{Limits, Shelf, Stack};
use tokio::runtime::Builder;
use tokio::spawn;
use tokio::task::yield_now;

use super::s1_fixed_ids::filters_of;
use super::s3_borrowed::{event_of, write_frame};
use super::stream::{BATCH, Outcome, Stream, Tally};
use super::{Fallible, SECRET};
use crate::event::Event;
use crate::live::{Live, LiveLimits, Outbox};
use crate::query::{Query, QueryLimits};
use crate::store::{Put, Scratch, Store, StoreOptions, Train};
use crate::wire::FrameLimits;

/// What may wait for a client, in bytes.
const WAITING: usize = 1 << 20;
/// What a session writes at once, in bytes.
const AT_ONCE: usize = 4 << 10;
const CLOSED: &[u8] = b"[\"CLOSED\"";

struct Bounded {
    store: Store,
    live: Live,
    limits: FrameLimits,
    batch: Vec<Event>,
    /// Events that were stored, to be used again.
    spare: Stack<Event>,
    /// What answering takes.
    event: Event,
    scratch: Scratch,
    json: Vec<u8>,
    frame: Vec<u8>,
}

pub(super) fn run(stream: &Stream) -> Fallible<Outcome> {
    let runtime = Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut relay = Bounded::open(stream)?;
        let mut outcome = Outcome::default();
        let (mut clients, mut sessions) = (Vec::new(), Vec::new());
        for request in &stream.subscriptions {
            let client = relay.subscribe(request)?;
            sessions.push(spawn(session(Arc::clone(&client))));
            clients.push(client);
        }
        for frames in stream.frames.chunks(BATCH) {
            let stored = relay.publish(frames)?;
            outcome.stored += stored;
            outcome.duplicates += frames.len() as u64 - stored;
            yield_now().await;
        }
        for request in &stream.questions {
            relay.ask(request, &mut outcome.answered)?;
        }
        for (client, session) in clients.iter().zip(sessions) {
            client
                .push_text(|text| text.extend_from_slice(CLOSED))
                .map_err(|_| Outbox::TOO_SLOW)?;
            outcome.delivered.push(session.await?);
        }
        Ok(outcome)
    })
}

impl Bounded {
    fn open(stream: &Stream) -> Fallible<Self> {
        // A dictionary of its own would be trained on a thread, or from 256 events on.
        let options = StoreOptions {
            train: Train::Never,
            ..StoreOptions::default()
        };
        Ok(Self {
            store: Store::over(stream.database()?, PathBuf::new(), options, SECRET)?,
            live: Live::new(LiveLimits::default()),
            limits: FrameLimits::default(),
            batch: Vec::with_capacity(BATCH),
            spare: Stack::new(Limits::of(BATCH)),
            event: Event::default(),
            scratch: Scratch::default(),
            json: Vec::with_capacity(4 << 10),
            frame: Vec::with_capacity(4 << 10),
        })
    }

    fn subscribe(&self, request: &str) -> Fallible<Arc<Outbox>> {
        let (name, filters) = filters_of(request)?;
        let client = Outbox::new(WAITING);
        let ticket = self.live.subscribe(&client, &name, filters.into())?;
        self.live.stored_sent(ticket, self.store.snapshot()?.commit);
        Ok(client)
    }

    // ANCHOR: bounded
    /// Stores what is new in a batch of frames, and passes it on.
    fn publish(&mut self, frames: &[String]) -> Fallible<u64> {
        let Self { batch, spare, .. } = self;
        let mut writing = self.store.begin()?;
        for frame in frames {
            let mut event = spare.take().unwrap_or_default();
            event_of(frame, &self.limits)?.read_into(&mut event)?;
            match writing.put(&event, 0)? {
                Put::Stored(_) => batch.push(event),
                Put::Duplicate => drop(spare.put(event)),
                other => return Err(format!("an event is refused: {other:?}").into()),
            }
        }
        let commit = writing.commit()?.number;
        let stored = batch.len() as u64;
        self.live.publish_all(&*batch, Some(commit), |_, _| true);
        for event in batch.drain(..) {
            spare.put(event);
        }
        Ok(stored)
    }
    // ANCHOR_END: bounded

    fn ask(&mut self, request: &str, answered: &mut Tally) -> Fallible<()> {
        let (name, filters) = filters_of(request)?;
        let snapshot = self.store.snapshot()?;
        let mut query = Query::new(snapshot, filters.into(), 0, &QueryLimits::default())?;
        let Self {
            event,
            scratch,
            json,
            frame,
            ..
        } = self;
        while query.next(event, scratch)? {
            write_frame(&name, event, json, frame);
            answered.add(frame);
        }
        Ok(())
    }
}

// ANCHOR: session
/// Writes what waits for a client to its socket, until it is told that there will be no more.
async fn session(client: Arc<Outbox>) -> Tally {
    let mut tally = Tally::default();
    let (mut socket, mut lengths) = (Vec::with_capacity(AT_ONCE), Vec::new());
    loop {
        poll_fn(|context| client.poll_ready(context)).await;
        socket.clear();
        lengths.clear();
        let header = |_: &mut Vec<u8>, length| lengths.push(length);
        if client.take(&mut socket, AT_ONCE, header).is_err() {
            return tally;
        }
        let mut frames = socket.as_slice();
        for length in &lengths {
            let (frame, rest) = frames.split_at(*length);
            if frame == CLOSED {
                return tally;
            }
            tally.add(frame);
            frames = rest;
        }
    }
}
// ANCHOR_END: session
