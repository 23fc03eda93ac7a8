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
use zstd::bulk::Decompressor;

use super::connection::{Connection, lock};
use super::socket::write_text;
use super::{Relay, now};
use crate::cache::{Answer, Asked, Recording};
use crate::event::Event;
use crate::filter::Filter;
use crate::live::Ticket;
use crate::query::{self, Match, Query};
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
    /// Whether the session waits for room.
    wanted: bool,
    /// Whether the client has left.
    left: bool,
}

/// A subscription whose stored events are being sent.
struct Parked {
    sub: SubId,
    ticket: Ticket,
    commit: u64,
    source: Source,
    /// The answer, as it is sent, for those who ask the same.
    recording: Option<Recording>,
}

/// Where an answer comes from.
enum Source {
    Database(Query),
    /// An answer that was given before, and its next block.
    Before(Arc<Answer>, usize),
}

enum Task {
    Begin(Ask),
    GoOn(Box<Parked>),
}

impl Desk {
    /// Whether another query may be put down here. Where it may not, the session is nudged when that has changed.
    pub fn has_room_or_tell(&mut self, at_most: usize) -> bool {
        let has_room = self.bytes < WAITING && self.waiting.len() < at_most;
        self.wanted |= !has_room;
        has_room
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
        // A large event at its end makes a chunk grow to twice its room.
        let chunks = Limits::of(16).each(CHUNK, 4 * CHUNK).bytes(20 * CHUNK);
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
    /// For answers that were given before.
    answers: Option<Decompressor<'static>>,
}

impl Reader {
    /// Answers what the connection asked, until it has a chunk to read, or more than a chunk is left to send: then it
    /// queues again, behind those who asked less.
    fn serve(&mut self, relay: &Relay, connection: &Arc<Connection>) {
        for turn in 0.. {
            let mut desk = lock(&connection.desk);
            if turn > 0 && desk.parked.is_some() {
                desk.running = false;
                drop(desk);
                return relay.desks.go_on(connection);
            }
            let task = match connection.outbox.waiting() < CHUNK {
                true => desk.next(),
                false => None,
            };
            desk.running = task.is_some();
            if desk.waiting.is_empty() && take(&mut desk.wanted) {
                connection.outbox.nudge();
            }
            drop(desk);
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
        match open(relay, &ask.filters) {
            Ok((commit, source, recording)) => {
                let parked = Box::new(Parked {
                    sub: ask.sub,
                    ticket,
                    commit,
                    source,
                    recording,
                });
                self.fill(relay, connection, parked);
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
            return;
        }
        let mut chunk = relay.desks.chunk();
        let filled = self.write_events(relay, connection, &mut parked, &mut chunk);
        let recording = match filled {
            Ok(false) => parked.recording.take(),
            _ => None,
        };
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
                send(relay, connection, chunk);
            }
            Ok(false) => {
                write_text(&mut chunk, |out| wire::write_eose(out, sub));
                send(relay, connection, chunk);
                relay.live.stored_sent(*ticket, *commit);
                if let Some(recording) = recording {
                    recording.finish();
                }
            }
            Err(error) => {
                send(relay, connection, chunk);
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
        let Parked {
            sub,
            commit,
            source,
            recording,
            ..
        } = parked;
        let query = match source {
            Source::Database(query) => query,
            Source::Before(answer, block) => {
                *block += 1;
                return self.write_block(relay, answer, *block - 1, sub, chunk);
            }
        };
        while chunk.len() < CHUNK {
            self.json.clear();
            let found = match relay.settings.private_kinds.is_empty() {
                true => self.next_json(relay, query, *commit, recording)?,
                false => self.next_allowed(relay, connection, query)?,
            };
            if !found {
                return Ok(false);
            }
            write_text(chunk, |out| wire::write_event(out, sub, &self.json));
            relay.stats.returned.add(1);
        }
        Ok(true)
    }

    /// A block of an answer that was given before. Says whether there is another.
    fn write_block(
        &mut self,
        relay: &Relay,
        answer: &Answer,
        block: usize,
        sub: &SubId,
        chunk: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        let context = match self.answers.take() {
            Some(context) => context,
            None => Decompressor::new()?,
        };
        let context = self.answers.insert(context);
        let more = answer.read(block, context, &mut self.json, |json| {
            write_text(chunk, |out| wire::write_event(out, sub, json));
            relay.stats.returned.add(1);
        })?;
        Ok(more)
    }

    /// The JSON of the next event, which the cache may have.
    fn next_json(
        &mut self,
        relay: &Relay,
        query: &mut Query,
        commit: u64,
        recording: &mut Option<Recording>,
    ) -> Result<bool, StoreError> {
        let Self {
            event,
            scratch,
            json,
            ..
        } = self;
        let mut known = relay.events.known(commit);
        while let Some(Match { place, is_read }) = query.next_match(&mut known, event, scratch)? {
            let cached = match is_read {
                true => None,
                false => known.write_json(place, json),
            };
            let expires = match cached {
                Some(expires) => expires,
                None if is_read || query.snapshot().read(place, event, scratch)? => {
                    event.write_json(json);
                    relay.events.insert(place, commit, event, json);
                    event.expiration().unwrap_or(u64::MAX)
                }
                None => continue,
            };
            if let Some(recording) = recording {
                recording.push(place, expires, json);
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// The JSON of the next event that the client may read, where not everybody may read all.
    fn next_allowed(
        &mut self,
        relay: &Relay,
        connection: &Connection,
        query: &mut Query,
    ) -> Result<bool, StoreError> {
        let Self {
            event,
            scratch,
            json,
            ..
        } = self;
        while query.next(event, scratch)? {
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

/// Where the answer to filters comes from, the commit that it is of, and what notes it for the next who asks.
fn open(
    relay: &Relay,
    filters: &Arc<[Filter]>,
) -> Result<(u64, Source, Option<Recording>), StoreError> {
    let (snapshot, now) = (relay.store.snapshot()?, now());
    let commit = snapshot.commit;
    // Where not everybody may read all, answers differ from client to client.
    let asked = match relay.settings.private_kinds.is_empty() {
        true => relay.queries.find(filters, commit, now),
        false => Asked::First,
    };
    if let Asked::Before(answer) = asked {
        return Ok((commit, Source::Before(answer, 0), None));
    }
    let recording = match asked {
        Asked::Again => Some(relay.queries.record(filters, commit)),
        _ => None,
    };
    let query = Query::new(snapshot, filters.clone(), now, &relay.query_limits)?;
    Ok((commit, Source::Database(query), recording))
}

fn send(relay: &Relay, connection: &Connection, chunk: Vec<u8>) {
    let (sent, written) = connection.send_chunk(chunk);
    relay.stats.bytes_out.add(written);
    if let Some(buffer) = sent {
        relay.desks.put_back(buffer);
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
