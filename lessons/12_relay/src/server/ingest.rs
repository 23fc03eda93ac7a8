//! The way of an event: from its session to a verifier, then to the writer, then to everybody.
//!
//! Events travel in groups, as they came out of one read of a socket, so that a hop from thread to thread is paid for
//! several of them. The groups of a connection stay in order: an older version of an event must not overtake a newer
//! one. All that is under way is charged against one budget in bytes, which makes every queue on the way bounded.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use pooling::{Limits, Locked, Recycle, Shelf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use worker_pools::{Config, Pool, StartError, Submitter, TrySubmitError};

use super::connection::{Connection, lock};
use super::{Relay, auth, now};
use crate::event::{Class, Event, signature};
use crate::store::{Commit, Drafter, Drafts, Put, StoreError};

/// Events in a group at most: enough to pay for a hop, few enough that a single client's are spread over cores.
pub(crate) const GROUP: usize = 16;
/// Events in a commit at most, so that the first of them isn't kept waiting.
const COMMIT: usize = 1_024;
/// Silence that ends a burst, and how many commits make one: then freed memory is given back to the system.
const BURST: (Duration, u32) = (Duration::from_millis(50), 20);
/// How often expired events are looked for, and how many are removed at a time.
const SWEEP: (Duration, usize) = (Duration::from_secs(10), 1_000);

/// Events of one connection on their way.
#[derive(Default)]
pub(super) struct Group {
    /// The first `length` are in use; the others keep their room.
    events: Vec<Event>,
    length: usize,
    /// What the verifier has prepared of them for the writer.
    drafts: Drafts,
    connection: Option<Arc<Connection>>,
    room: Option<OwnedSemaphorePermit>,
}

impl Group {
    /// The next event to fill; [`keep`](Self::keep) makes it part of the group.
    pub fn slot(&mut self) -> &mut Event {
        if self.length == self.events.len() {
            self.events.push(Event::default());
        }
        &mut self.events[self.length]
    }

    /// Keeps what was put into the slot, and says whether the group is full.
    pub fn keep(&mut self, room: OwnedSemaphorePermit) -> bool {
        self.length += 1;
        match &mut self.room {
            Some(all) => all.merge(room),
            none => *none = Some(room),
        }
        self.length == GROUP
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn events(&self) -> &[Event] {
        &self.events[..self.length]
    }

    fn connection(&self) -> &Arc<Connection> {
        self.connection
            .as_ref()
            .expect("a group belongs to a connection until it is cleared")
    }

    /// Drops those events that `keep` has answered, and keeps the others in order.
    fn retain(&mut self, mut keep: impl FnMut(&Connection, &Event) -> bool) {
        let mut kept = 0;
        for at in 0..self.length {
            if keep(self.connection(), &self.events[at]) {
                self.events.swap(kept, at);
                kept += 1;
            }
        }
        self.length = kept;
    }
}

impl Recycle for Box<Group> {
    fn clear(&mut self) {
        self.events.iter_mut().for_each(Recycle::clear);
        self.length = 0;
        self.drafts.clear();
        self.connection = None;
        self.room = None;
    }

    fn room(&self) -> usize {
        let texts: usize = self.events.iter().map(Recycle::room).sum();
        let events = self.events.capacity() * size_of::<Event>();
        size_of::<Group>() + events + texts + self.drafts.room()
    }
}

/// The groups of one connection that wait for a verifier.
#[derive(Default)]
pub(super) struct Lane {
    groups: VecDeque<Box<Group>>,
    /// Whether the connection is in the hands or the queue of the verifiers: at most once.
    running: bool,
}

/// What sessions need to send events on their way.
pub(super) struct Ingest {
    /// In KiB.
    room: Arc<Semaphore>,
    idle: Locked<Box<Group>>,
    verifiers: OnceLock<Submitter<Arc<Connection>>>,
}

impl Ingest {
    pub fn new(budget: usize) -> Self {
        let kib = (budget >> 10).clamp(1_024, Semaphore::MAX_PERMITS);
        Self {
            room: Arc::new(Semaphore::new(kib)),
            idle: Locked::new(Limits::of(256).bytes(budget / 2).each(0, 256 << 10)),
            verifiers: OnceLock::new(),
        }
    }

    /// Room for an event whose frame has so many bytes, if there is some.
    pub fn try_room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.room.clone().try_acquire_many_owned(kib(bytes)).ok()
    }

    /// Waits for such room; nothing if the server is going down.
    pub async fn room(room: Arc<Semaphore>, bytes: usize) -> Option<OwnedSemaphorePermit> {
        room.acquire_many_owned(kib(bytes)).await.ok()
    }

    pub fn semaphore(&self) -> &Arc<Semaphore> {
        &self.room
    }

    /// An empty group.
    pub fn group(&self) -> Box<Group> {
        self.idle.take().unwrap_or_default()
    }

    /// Sends a group on its way, or back to the shelf if it is empty.
    pub fn submit(&self, mut group: Box<Group>, connection: &Arc<Connection>) {
        if group.is_empty() {
            self.idle.put(group);
            return;
        }
        connection
            .unanswered
            .fetch_add(group.length as u32, Relaxed);
        group.connection = Some(connection.clone());
        let idle = {
            let mut lane = lock(&connection.lane);
            lane.groups.push_back(group);
            !std::mem::replace(&mut lane.running, true)
        };
        if idle {
            self.schedule(connection.clone());
        }
    }

    /// The queue has a place for every connection, and a connection is in it once: it is never full.
    fn schedule(&self, connection: Arc<Connection>) {
        let Some(verifiers) = self.verifiers.get() else {
            return;
        };
        if let Err(refused) = verifiers.try_submit(connection) {
            let connection = refused.into_job();
            let left = std::mem::take(&mut lock(&connection.lane).groups);
            for group in left {
                self.refuse(group, "error: the relay is shutting down");
            }
        }
    }

    /// Drops the groups that nobody uses now: after a burst they are as many as never again.
    fn shed(&self) {
        while self.idle.take().is_some() {}
    }

    fn refuse(&self, mut group: Box<Group>, reason: &str) {
        group.retain(|connection, event| {
            connection.answer(&event.id, false, reason);
            false
        });
        self.idle.put(group);
    }
}

/// What an event of so many bytes is charged, in KiB.
pub(crate) fn kib(bytes: usize) -> u32 {
    1 + (bytes >> 10) as u32
}

/// The threads that events pass through. Ending them in this order leaves nothing unanswered.
pub(super) struct Threads {
    verifiers: Pool<Arc<Connection>>,
    writer: std::thread::JoinHandle<()>,
}

impl Threads {
    pub fn start(relay: &Arc<Relay>) -> Result<Self, StartError> {
        let ingest = &relay.ingest;
        // As many groups as can be under way: sending never waits.
        let (verified, groups) = bounded(ingest.room.available_permits());
        let config = Config::named("verify")
            .workers(relay.settings.verifiers)
            .queue(relay.settings.limits.connections + 1);
        let (shared, sender) = (relay.clone(), verified.clone());
        let verifiers = Pool::start(
            config,
            Drafter::default,
            move |drafter, connection: Arc<Connection>| {
                verify_lane(&shared, drafter, &sender, connection);
            },
        )?;
        let _ = ingest.verifiers.set(verifiers.submitter());
        let shared = relay.clone();
        let writer = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || Writer::new(shared).run(&groups))
            .map_err(|source| StartError {
                thread: "writer".to_owned(),
                source,
            })?;
        drop(verified);
        Ok(Self { verifiers, writer })
    }

    /// Finishes what is under way and ends.
    pub fn finish(self) {
        // The workers hold the only senders: when they are gone, the writer comes to its end.
        self.verifiers.shutdown();
        let _ = self.writer.join();
    }
}

/// Verifies the next group of a connection, and the ones behind it when no other connection waits.
fn verify_lane(
    relay: &Relay,
    drafter: &mut Drafter,
    verified: &Sender<Box<Group>>,
    mut connection: Arc<Connection>,
) {
    loop {
        let next = {
            let mut lane = lock(&connection.lane);
            let next = lane.groups.pop_front();
            lane.running = next.is_some();
            next
        };
        let Some(mut group) = next else { return };
        group.retain(|connection, event| verify(relay, connection, event));
        draft(relay, drafter, &mut group);
        if group.is_empty() {
            relay.ingest.idle.put(group);
        } else if let Err(unsent) = verified.send(group) {
            relay
                .ingest
                .refuse(unsent.into_inner(), "error: the relay can't write any more");
        }
        if lock(&connection.lane).groups.is_empty() {
            continue;
        }
        // To the end of the queue: one client alone doesn't occupy a verifier.
        let Some(verifiers) = relay.ingest.verifiers.get() else {
            continue;
        };
        match verifiers.try_submit(connection) {
            Ok(()) => return,
            Err(TrySubmitError::Full(same) | TrySubmitError::Closed(same)) => connection = same,
        }
    }
}

/// Whether an event is genuine and goes on to the writer. Everything else is answered here.
fn verify(relay: &Relay, connection: &Connection, event: &Event) -> bool {
    if let Err(invalid) = signature::verify(event) {
        relay.stats.invalid.add(1);
        connection.answer(&event.id, false, &format!("invalid: {invalid}"));
        return false;
    }
    if event.kind == auth::KIND {
        let accepted = lock(&connection.auth).accept(event, &relay.settings.urls, now());
        connection.answer(&event.id, accepted.is_ok(), accepted.err().unwrap_or(""));
        return false;
    }
    if event.class() == Class::Ephemeral {
        relay.publish([event], None);
        relay.stats.ephemeral.add(1);
        connection.answer(&event.id, true, "");
        return false;
    }
    true
}

/// Does what of storing events can be done on several threads.
fn draft(relay: &Relay, drafter: &mut Drafter, group: &mut Group) {
    let Group {
        events,
        length,
        drafts,
        ..
    } = group;
    for event in &events[..*length] {
        if let Err(error) = relay.store.draft(event, drafter, drafts) {
            // The writer does what is missing, or meets the same error and answers.
            tracing::warn!(%error, "events can't be prepared");
            return;
        }
    }
}

/// The one thread that writes.
struct Writer {
    relay: Arc<Relay>,
    #[expect(
        clippy::vec_box,
        reason = "groups come boxed and go back to their shelf so"
    )]
    groups: Vec<Box<Group>>,
    /// What became of each event of the groups, in order.
    outcomes: Vec<Put>,
}

impl Writer {
    fn new(relay: Arc<Relay>) -> Self {
        Self {
            relay,
            groups: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Writes what has arrived, again and again, until nothing more can arrive.
    fn run(mut self, arriving: &Receiver<Box<Group>>) {
        let mut sweep_at = Instant::now() + SWEEP.0;
        // Commits after which freed memory wasn't given back.
        let mut commits = 0;
        loop {
            let mut wait = sweep_at.saturating_duration_since(Instant::now());
            if commits >= BURST.1 {
                wait = wait.min(BURST.0);
            }
            match arriving.recv_timeout(wait) {
                Ok(first) => {
                    self.commit(first, arriving);
                    commits += 1;
                }
                Err(RecvTimeoutError::Timeout) if commits >= BURST.1 => {
                    self.relay.ingest.shed();
                    measuring::give_back();
                    commits = 0;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if Instant::now() >= sweep_at {
                self.sweep();
                if std::mem::take(&mut commits) > 0 {
                    measuring::give_back();
                }
                sweep_at = Instant::now() + SWEEP.0;
            }
        }
    }

    fn commit(&mut self, first: Box<Group>, arriving: &Receiver<Box<Group>>) {
        let mut events = first.length;
        self.groups.push(first);
        while events < COMMIT
            && let Ok(group) = arriving.try_recv()
        {
            events += group.length;
            self.groups.push(group);
        }
        let started = Instant::now();
        match self.write() {
            Ok(commit) => {
                self.relay.stats.committed(events, started.elapsed());
                self.announce(&commit);
            }
            Err(error) => {
                tracing::error!(%error, events, "events can't be written");
                self.relay.stats.failed.add(events);
                for group in self.groups.drain(..) {
                    let reason = "error: the relay can't write to its disk now";
                    self.relay.ingest.refuse(group, reason);
                }
            }
        }
        self.outcomes.clear();
    }

    /// One transaction, durable when this returns. Where it fails, nothing of it was written.
    fn write(&mut self) -> Result<Commit, StoreError> {
        let now = now();
        let mut batch = self.relay.store.begin()?;
        for group in &self.groups {
            for (index, event) in group.events().iter().enumerate() {
                self.outcomes.push(match group.drafts.get(index) {
                    Some(draft) => batch.put_draft(event, draft, now)?,
                    None => batch.put(event, now)?,
                });
            }
        }
        batch.commit()
    }

    /// Tells those who sent the events what became of them, and those who listen what is new.
    fn announce(&mut self, commit: &Commit) {
        let relay = &*self.relay;
        let events = self.groups.iter().flat_map(|group| group.events());
        let stored = events
            .zip(&self.outcomes)
            .filter(|(_, put)| matches!(put, Put::Stored(_)))
            .map(|(event, _)| event);
        relay.forget(commit, stored);
        let mut outcomes = self.outcomes.iter();
        for group in &mut self.groups {
            group.retain(|connection, event| {
                let Some(put) = outcomes.next() else {
                    return false;
                };
                let (accepted, reason) = verdict(put);
                relay.stats.put(put);
                connection.answer(&event.id, accepted, reason);
                if let Put::Stored(place) = put
                    && event.expiration().is_none()
                    && !commit.removed.contains(place)
                {
                    relay.recent.insert(&event.id, *place);
                }
                matches!(put, Put::Stored(_))
            });
        }
        let stored = self.groups.iter().flat_map(|group| group.events());
        relay.publish(stored, Some(commit.number));
        for group in self.groups.drain(..) {
            relay.ingest.idle.put(group);
        }
    }

    fn sweep(&self) {
        let swept =
            self.relay
                .store
                .begin()
                .and_then(|mut batch| match batch.sweep(now(), SWEEP.1)? {
                    0 => Ok(0),
                    removed => {
                        self.relay.forget(&batch.commit()?, []);
                        Ok(removed)
                    }
                });
        match swept {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "removed expired events"),
            Err(error) => tracing::warn!(%error, "expired events can't be removed"),
        }
    }
}

/// What an OK says of an event that was put.
fn verdict(put: &Put) -> (bool, &'static str) {
    match put {
        Put::Stored(_) => (true, ""),
        Put::Duplicate => (true, "duplicate: already have this event"),
        Put::Superseded => (false, "blocked: a newer version of this event is here"),
        Put::Deleted => (false, "blocked: its author deleted this event"),
        Put::Vanished => (false, "blocked: its author asked to vanish from here"),
        Put::Expired => (false, "invalid: this event has expired"),
        Put::Refused(reason) => (false, reason),
    }
}
