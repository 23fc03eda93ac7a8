//! The way of a query: from its session to a reader, which fills chunks no faster than the client empties them.
//!
//! The queries of a connection are answered one after the other, in the order in which they came. A query that has
//! filled a chunk waits, with its place in the database, until the session has written the chunk; meanwhile the
//! reader serves others.

use std::collections::VecDeque;
use std::mem::take;
use std::sync::{Arc, OnceLock};

use pooling::{Limits, Locked, Shelf};
use worker_pools::{Config, Pool, StartError, Submitter};

use super::connection::{Connection, lock};
use super::socket::write_text;
use super::{Relay, now};
use crate::event::Event;
use crate::filter::Filter;
use crate::live::Ticket;
use crate::query::{self, Query};
use crate::store::{Scratch, StoreError};
use crate::wire::{self, SubId};

/// What a reader sends at a time, in bytes; the last event of a chunk may make it longer.
pub(super) const CHUNK: usize = 64 << 10;
/// Messages whose queries may wait at a connection, in bytes; a single one may be longer.
const WAITING: usize = 64 << 10;

/// A query that waits for a reader.
pub(super) struct Ask {
    pub sub: SubId,
    pub filters: Arc<[Filter]>,
    /// The subscription that it begins; COUNT begins none.
    pub ticket: Option<Ticket>,
    /// The length of the message that it came in.
    pub bytes: usize,
}

/// The queries of one connection.
#[derive(Default)]
pub(super) struct Desk {
    waiting: VecDeque<Ask>,
    bytes: usize,
    /// The one whose client has to read first.
    parked: Option<Box<Parked>>,
    /// Whether the connection is in the hands or the queue of the readers: at most once.
    running: bool,
    /// Whether the client has left.
    left: bool,
}

/// A subscription whose stored events are being sent.
struct Parked {
    sub: SubId,
    ticket: Ticket,
    commit: u64,
    query: Query,
}

enum Task {
    Begin(Ask),
    GoOn(Box<Parked>),
}

impl Desk {
    /// Whether another query may be put down here.
    pub fn has_room(&self, at_most: usize) -> bool {
        self.bytes < WAITING && self.waiting.len() < at_most
    }

    fn next(&mut self) -> Option<Task> {
        if let Some(parked) = self.parked.take() {
            return Some(Task::GoOn(parked));
        }
        let ask = self.waiting.pop_front()?;
        self.bytes -= ask.bytes;
        Some(Task::Begin(ask))
    }
}

/// What sessions need to have queries answered.
pub(super) struct Desks {
    readers: OnceLock<Submitter<Arc<Connection>>>,
    chunks: Locked<Vec<u8>>,
}

impl Desks {
    pub fn new() -> Self {
        let chunks = Limits::of(16).each(CHUNK, 2 * CHUNK);
        Self {
            readers: OnceLock::new(),
            chunks: Locked::new(chunks),
        }
    }

    /// Puts a query down.
    pub fn ask(&self, connection: &Arc<Connection>, ask: Ask) {
        let mut desk = lock(&connection.desk);
        desk.bytes += ask.bytes;
        desk.waiting.push_back(ask);
        drop(desk);
        self.go_on(connection);
    }

    /// Drops what a client asked that has left.
    pub fn leave(&self, connection: &Connection) {
        let mut desk = lock(&connection.desk);
        desk.left = true;
        let unanswered = (take(&mut desk.waiting), desk.parked.take());
        drop(desk);
        drop(unanswered);
    }

    /// Has the readers go on where they can: after a question, and when a chunk was written.
    pub fn go_on(&self, connection: &Arc<Connection>) {
        let mut desk = lock(&connection.desk);
        let work = desk.parked.is_some() || !desk.waiting.is_empty();
        if desk.running || !work || connection.outbox.waiting() >= CHUNK {
            return;
        }
        // The queue has a place for every connection: what is refused is refused because the server ends.
        desk.running = self
            .readers
            .get()
            .is_some_and(|readers| readers.try_submit(connection.clone()).is_ok());
    }

    /// Takes back the buffer of a chunk that was written.
    pub fn put_back(&self, chunk: Vec<u8>) {
        self.chunks.put(chunk);
    }

    fn chunk(&self) -> Vec<u8> {
        self.chunks
            .take()
            .unwrap_or_else(|| Vec::with_capacity(CHUNK + (CHUNK >> 2)))
    }
}

/// Starts the readers.
pub(super) fn start(relay: &Arc<Relay>) -> Result<Pool<Arc<Connection>>, StartError> {
    let config = Config::named("read")
        .workers(relay.settings.readers)
        .queue(relay.settings.limits.connections + 1);
    let shared = relay.clone();
    let pool = Pool::start(
        config,
        Reader::default,
        move |reader, connection: Arc<Connection>| {
            reader.serve(&shared, &connection);
        },
    )?;
    let _ = relay.desks.readers.set(pool.submitter());
    Ok(pool)
}

/// A reader's room for what it decodes.
#[derive(Default)]
struct Reader {
    event: Event,
    scratch: Scratch,
    json: Vec<u8>,
}

impl Reader {
    /// Answers what the connection asked, until it has a chunk to read.
    fn serve(&mut self, relay: &Relay, connection: &Arc<Connection>) {
        loop {
            let task = {
                let mut desk = lock(&connection.desk);
                let task = match connection.outbox.waiting() < CHUNK {
                    true => desk.next(),
                    false => None,
                };
                desk.running = task.is_some();
                task
            };
            match task {
                None => return,
                Some(Task::Begin(ask)) => self.begin(relay, connection, ask),
                Some(Task::GoOn(parked)) => self.fill(relay, connection, parked),
            }
        }
    }

    fn begin(&mut self, relay: &Relay, connection: &Connection, ask: Ask) {
        let Some(ticket) = ask.ticket else {
            return self.count(relay, connection, &ask);
        };
        let limits = &relay.query_limits;
        let query = relay.store.snapshot().and_then(|snapshot| {
            let commit = snapshot.commit;
            Ok((commit, Query::new(snapshot, ask.filters, now(), limits)?))
        });
        match query {
            Ok((commit, query)) => {
                let sub = ask.sub;
                self.fill(
                    relay,
                    connection,
                    Box::new(Parked {
                        sub,
                        ticket,
                        commit,
                        query,
                    }),
                );
            }
            Err(error) => fail(relay, connection, &ask.sub, &error),
        }
    }

    fn count(&mut self, relay: &Relay, connection: &Connection, ask: &Ask) {
        let counted = relay.store.snapshot().and_then(|snapshot| {
            query::count(
                &snapshot,
                &ask.filters,
                now(),
                &mut self.event,
                &mut self.scratch,
            )
        });
        let _ = connection.outbox.push_text(|out| match counted {
            Ok(count) => wire::write_count(out, &ask.sub, count),
            Err(_) => wire::write_closed(out, &ask.sub, UNREADABLE),
        });
    }

    /// Fills a chunk, and parks the query or ends it.
    fn fill(&mut self, relay: &Relay, connection: &Connection, mut parked: Box<Parked>) {
        if !relay.live.is_open(parked.ticket) {
            // Its session may wait for a query to be done with.
            let _ = connection.outbox.push_chunk(Vec::new());
            return;
        }
        let mut chunk = relay.desks.chunk();
        let filled = self.write_events(relay, connection, &mut parked, &mut chunk);
        let Parked {
            sub,
            ticket,
            commit,
            ..
        } = &*parked;
        match filled {
            Ok(true) => {
                let mut desk = lock(&connection.desk);
                if !desk.left {
                    desk.parked = Some(parked);
                }
                drop(desk);
                let _ = connection.outbox.push_chunk(chunk);
            }
            Ok(false) => {
                write_text(&mut chunk, |out| wire::write_eose(out, sub));
                let _ = connection.outbox.push_chunk(chunk);
                relay.live.stored_sent(*ticket, *commit);
            }
            Err(error) => {
                let _ = connection.outbox.push_chunk(chunk);
                fail(relay, connection, sub, &error);
            }
        }
    }

    /// Says whether the chunk is full; otherwise that was all.
    fn write_events(
        &mut self,
        relay: &Relay,
        connection: &Connection,
        parked: &mut Parked,
        chunk: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        while chunk.len() < CHUNK {
            self.json.clear();
            let found = match relay.settings.private_kinds.is_empty() {
                true => self.next_json(relay, parked)?,
                false => self.next_allowed(relay, connection, parked)?,
            };
            if !found {
                return Ok(false);
            }
            write_text(chunk, |out| wire::write_event(out, &parked.sub, &self.json));
            relay.stats.returned.add(1);
        }
        Ok(true)
    }

    /// The JSON of the next event, which the cache may have.
    fn next_json(&mut self, relay: &Relay, parked: &mut Parked) -> Result<bool, StoreError> {
        let Self {
            event,
            scratch,
            json,
        } = self;
        let mut known = relay.events.known(parked.commit);
        while let Some(found) = parked.query.next_match(&mut known, event, scratch)? {
            if !found.is_read {
                if known.write_json(found.place, json) {
                    return Ok(true);
                }
                if !parked.query.snapshot().read(found.place, event, scratch)? {
                    continue;
                }
            }
            event.write_json(json);
            relay.events.insert(found.place, parked.commit, event, json);
            return Ok(true);
        }
        Ok(false)
    }

    /// The JSON of the next event that the client may read, where not everybody may read all.
    fn next_allowed(
        &mut self,
        relay: &Relay,
        connection: &Connection,
        parked: &mut Parked,
    ) -> Result<bool, StoreError> {
        let Self {
            event,
            scratch,
            json,
        } = self;
        while parked.query.next(event, scratch)? {
            if !relay.settings.private_kinds.contains(&event.kind)
                || lock(&connection.auth).may_read(event)
            {
                event.write_json(json);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

const UNREADABLE: &str = "error: the relay can't read its database now";

fn fail(relay: &Relay, connection: &Connection, sub: &SubId, error: &StoreError) {
    tracing::error!(%error, "a query can't be answered");
    relay.live.unsubscribe(&connection.outbox, sub);
    let _ = connection
        .outbox
        .push_text(|out| wire::write_closed(out, sub, UNREADABLE));
}
