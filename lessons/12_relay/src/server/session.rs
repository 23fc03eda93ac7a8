//! A session: the task that owns a client's socket.
//!
//! It is written as one state with a `poll`, because the state is what an idle connection costs. Its buffers belong
//! to the thread that happens to poll it; between polls it holds only what the socket wouldn't take and what it has
//! no room to work on.

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem::{swap, take};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Acquire;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;
use tungstenite::Utf8Bytes;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use super::connection::{Connection, lock};
use super::ingest::{Group, Ingest};
use super::line::Line;
use super::readers::{Ask, CHUNK};
use super::socket::{Farewell, Socket, write_text};
use super::{Relay, auth, now};
use crate::event::Event;
use crate::filter::Filter;
use crate::live::Outbox;
use crate::wire::{self, About, ClientMessage, RawEvent, SubId, WireError};

/// How often a session goes on before it lets others have the thread.
const ROUNDS: usize = 8;

/// How long a client has to read why the relay closes.
const GOODBYE: Duration = Duration::from_secs(1);
/// One that was too slow has a full socket to read before that; a second was too short for it on a busy machine.
const GOODBYE_OF_THE_SLOW: Duration = Duration::from_secs(5);

thread_local! {
    static BUFFERS: RefCell<Buffers> = const { RefCell::new(Buffers { input: Vec::new(), out: Vec::new() }) };
}

/// What sessions read into and write from, one for each thread.
struct Buffers {
    input: Vec<u8>,
    out: Vec<u8>,
}

type WaitForRoom = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>;

pub(super) struct Session {
    socket: Socket,
    relay: Arc<Relay>,
    connection: Arc<Connection>,
    /// What was read and couldn't be worked on for want of room: a message, and what came behind it.
    held: Option<Box<Held>>,
    /// The events of the current turn.
    group: Option<Box<Group>>,
}

struct Held {
    message: Utf8Bytes,
    rest: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
    waits_for: Option<WaitForRoom>,
}

/// What a message needs before it can be worked on.
enum Stuck {
    /// Room for an event of so many bytes.
    Room(usize),
    /// That a query of this connection has been answered.
    Desk,
}

/// What a turn at the socket has come to.
enum Read {
    Something,
    Nothing,
}

impl Session {
    pub fn new(relay: Arc<Relay>, connection: Arc<Connection>) -> Self {
        Self {
            socket: Socket::new(relay.settings.limits.message_bytes),
            relay,
            connection,
            held: None,
            group: None,
        }
    }

    /// Serves the client until it goes or has to go. `first` is what it sent behind its HTTP request.
    pub async fn run(mut self, first: Bytes) {
        let begun = self.begin(&first);
        drop(first);
        let farewell = match begun {
            Ok(()) => poll_fn(|context| self.poll(context)).await,
            Err(farewell) => farewell,
        };
        self.end(&farewell).await;
    }

    fn begin(&mut self, first: &[u8]) -> Result<(), Farewell> {
        let connection = self.connection.clone();
        let mut line = lock(&connection.line);
        if self.relay.settings.challenge_at_connect {
            let challenge = lock(&connection.auth).challenge();
            write_text(&mut line.unwritten, |out| wire::write_auth(out, &challenge));
        }
        let done = self.work(first, &mut line.unwritten);
        self.submit();
        done.map(|_| ())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Farewell> {
        BUFFERS.with_borrow_mut(|Buffers { input, out }| {
            input.resize(CHUNK, 0);
            let connection = self.connection.clone();
            let turns = self.turns(context, &mut lock(&connection.line), input, out);
            out.clear();
            out.shrink_to(4 * CHUNK);
            match turns {
                Ok(()) => Poll::Pending,
                Err(farewell) => Poll::Ready(farewell),
            }
        })
    }

    /// Reads, works and writes until it has to wait for something, which will wake it.
    fn turns(
        &mut self,
        context: &mut Context<'_>,
        line: &mut Line,
        input: &mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Farewell> {
        for _ in 0..ROUNDS {
            out.clear();
            out.append(&mut take(&mut line.unwritten));
            // The socket wakes only who has found nothing in it: nobody sleeps before looking.
            let mut read = Read::Something;
            if out.is_empty() {
                self.collect(out)?;
                let done = self.read(context, line, input, out);
                self.submit();
                match done {
                    Ok(done) => read = done,
                    // What was answered before the client's mistake is still sent.
                    Err(farewell) => {
                        swap(out, &mut line.unwritten);
                        return Err(farewell);
                    }
                }
            }
            let written = line.write(context, out).map_err(|_| Farewell::silent())?;
            self.relay.stats.bytes_out.add(written);
            if written < out.len() {
                return match self.connection.outbox.poll_dropped(context) {
                    Poll::Pending => Ok(()),
                    Poll::Ready(reason) => Err(self.dropped(reason)),
                };
            }
            if self.is_done() {
                return Err(Farewell::new(CloseCode::Away, "the relay is shutting down"));
            }
            if matches!(read, Read::Nothing)
                && self.connection.outbox.poll_ready(context).is_pending()
            {
                return Ok(());
            }
        }
        context.waker().wake_by_ref();
        Ok(())
    }

    /// Takes what waits for the client.
    fn collect(&mut self, out: &mut Vec<u8>) -> Result<(), Farewell> {
        let header = FrameHeader {
            opcode: OpCode::Data(Data::Text),
            ..FrameHeader::default()
        };
        let taken = self.connection.outbox.take(out, CHUNK, |out, length| {
            header
                .format(length as u64, out)
                .expect("a vector takes everything");
        });
        match taken {
            Ok(taken) => {
                if let Some(chunk) = taken.chunk {
                    self.relay.desks.put_back(chunk);
                }
                self.relay.desks.go_on(&self.connection);
                Ok(())
            }
            Err(reason) => Err(self.dropped(reason)),
        }
    }

    fn dropped(&self, reason: &'static str) -> Farewell {
        if reason == Outbox::TOO_SLOW {
            self.relay.stats.too_slow.add(1);
        }
        Farewell::new(CloseCode::Policy, reason)
    }

    /// Whether a shutdown was asked for and this client has all of its answers.
    fn is_done(&self) -> bool {
        self.connection.is_closing()
            && self.held.is_none()
            && self.connection.unanswered.load(Acquire) == 0
            && self.connection.outbox.bytes() == 0
    }

    fn read(
        &mut self,
        context: &mut Context<'_>,
        line: &mut Line,
        input: &mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Read, Farewell> {
        if let Some(held) = self.held.take() {
            return self.resume(held, context, out);
        }
        if self.connection.is_closing() {
            return Ok(Read::Nothing);
        }
        match line.poll_read(context, input) {
            Poll::Pending => Ok(Read::Nothing),
            Poll::Ready(Ok(length)) if length > 0 => {
                let bytes = &input[..length];
                self.relay.stats.bytes_in.add(bytes.len());
                self.connection.hear(self.relay.round());
                self.work(bytes, out)?;
                Ok(Read::Something)
            }
            Poll::Ready(_) => Err(Farewell::silent()),
        }
    }

    /// Goes on with what was held, if it may.
    fn resume(
        &mut self,
        mut held: Box<Held>,
        context: &mut Context<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Read, Farewell> {
        if let Some(waits_for) = &mut held.waits_for {
            match waits_for.as_mut().poll(context) {
                Poll::Pending => {
                    self.held = Some(held);
                    return Ok(Read::Nothing);
                }
                Poll::Ready(None) => {
                    return Err(Farewell::new(CloseCode::Away, "the relay is shutting down"));
                }
                Poll::Ready(room) => held.room = room,
            }
        }
        let Held {
            message,
            rest,
            room,
            ..
        } = *held;
        if let Err(stuck) = self.message(&message, room, out) {
            self.hold(stuck, message, rest);
            return Ok(Read::Nothing);
        }
        drop(message);
        self.work(&rest, out)?;
        Ok(Read::Something)
    }

    fn hold(&mut self, stuck: Stuck, message: Utf8Bytes, rest: Vec<u8>) {
        let waits_for = match stuck {
            Stuck::Desk => None,
            Stuck::Room(bytes) => {
                let room = Ingest::room(self.relay.ingest.semaphore().clone(), bytes);
                Some(Box::pin(room) as WaitForRoom)
            }
        };
        let room = None;
        self.held = Some(Box::new(Held {
            message,
            rest,
            room,
            waits_for,
        }));
    }

    /// Works on what was read, as far as there is room.
    fn work(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Farewell> {
        while let Some(message) = self.socket.next(&mut bytes, out)? {
            if let Err(stuck) = self.message(&message, None, out) {
                self.hold(stuck, message, bytes.to_vec());
                return Ok(());
            }
        }
        Ok(())
    }

    fn message(
        &mut self,
        text: &str,
        room: Option<OwnedSemaphorePermit>,
        out: &mut Vec<u8>,
    ) -> Result<(), Stuck> {
        let relay = self.relay.clone();
        match wire::parse(text, &relay.frame_limits) {
            Ok(ClientMessage::Event(raw)) => self.event(&raw, text.len(), room, out)?,
            Ok(ClientMessage::Auth(raw)) if raw.kind == auth::KIND => {
                self.send(&raw, text.len(), room, |_| Ok(()), out)?
            }
            Ok(ClientMessage::Auth(raw)) => {
                refuse(
                    out,
                    &raw,
                    "invalid: authentication takes an event of kind 22242",
                );
            }
            Ok(ClientMessage::Req { sub, filters }) => {
                self.ask(sub, filters, false, text.len(), out)?
            }
            Ok(ClientMessage::Count { sub, filters }) => {
                self.ask(sub, filters, true, text.len(), out)?
            }
            Ok(ClientMessage::Close(sub)) => {
                relay.live.unsubscribe(&self.connection.outbox, &sub);
            }
            Err(WireError { about, reason }) => write_text(out, |out| match about {
                About::Event(id) => wire::write_ok(out, &id, false, &reason),
                About::Subscription(sub) => wire::write_closed(out, &sub, &reason),
                About::Nothing => wire::write_notice(out, &reason),
            }),
        }
        Ok(())
    }

    fn event(
        &mut self,
        raw: &RawEvent<'_>,
        bytes: usize,
        room: Option<OwnedSemaphorePermit>,
        out: &mut Vec<u8>,
    ) -> Result<(), Stuck> {
        let relay = self.relay.clone();
        if relay.recent.contains(&raw.id) {
            relay.stats.received.add(1);
            relay.stats.duplicates.add(1);
            let reason = "duplicate: already have this event";
            write_text(out, |out| wire::write_ok(out, &raw.id, true, reason));
            return Ok(());
        }
        let now = now();
        let ahead = relay
            .settings
            .limits
            .ahead
            .is_some_and(|most| raw.created_at > now.saturating_add(most.as_secs()));
        if ahead || raw.kind == auth::KIND {
            relay.stats.received.add(1);
            relay.stats.invalid.add(1);
            refuse(
                out,
                raw,
                match ahead {
                    true => "invalid: created_at is too far ahead of this relay's clock",
                    false => "invalid: events of kind 22242 are sent in AUTH",
                },
            );
            return Ok(());
        }
        let connection = self.connection.clone();
        self.send(
            raw,
            bytes,
            room,
            |event| may_publish(&connection, event, now),
            out,
        )?;
        relay.stats.received.add(1);
        Ok(())
    }

    /// Puts an event into the group that goes to the verifiers, unless `check` has something against it.
    fn send(
        &mut self,
        raw: &RawEvent<'_>,
        bytes: usize,
        room: Option<OwnedSemaphorePermit>,
        check: impl FnOnce(&Event) -> Result<(), &'static str>,
        out: &mut Vec<u8>,
    ) -> Result<(), Stuck> {
        let ingest = &self.relay.ingest;
        let room = room
            .or_else(|| ingest.try_room(bytes))
            .ok_or(Stuck::Room(bytes))?;
        let group = self.group.get_or_insert_with(|| ingest.group());
        let event = group.slot();
        let checked = match raw.read_into(event) {
            Ok(()) => check(event).map_err(Into::into),
            Err(error) => Err(error.reason),
        };
        match checked {
            Ok(()) => {
                if group.keep(room) {
                    self.submit();
                }
            }
            Err(reason) => {
                self.relay.stats.refused(&reason);
                if reason.starts_with("auth-required:") {
                    self.challenge(out);
                }
                refuse(out, raw, &reason);
            }
        }
        Ok(())
    }

    fn submit(&mut self) {
        if let Some(group) = self.group.take() {
            self.relay.ingest.submit(group, &self.connection);
        }
    }

    /// Sends the challenge that may be needed now, where it wasn't sent at once.
    fn challenge(&self, out: &mut Vec<u8>) {
        if !self.relay.settings.challenge_at_connect {
            let challenge = lock(&self.connection.auth).challenge();
            write_text(out, |out| wire::write_auth(out, &challenge));
        }
    }

    fn ask(
        &mut self,
        sub: SubId,
        filters: Vec<Filter>,
        count: bool,
        bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Stuck> {
        let (relay, client) = (&*self.relay, &self.connection);
        if !lock(&client.desk).has_room_or_tell(relay.settings.limits.queries) {
            return Err(Stuck::Desk);
        }
        relay.stats.queries.add(1);
        if let Err(reason) = self.may_ask(&filters, count) {
            if reason.starts_with("auth-required:") {
                self.challenge(out);
            }
            write_text(out, |out| wire::write_closed(out, &sub, reason));
            return Ok(());
        }
        let filters: Arc<[Filter]> = filters.into();
        let mut ticket = None;
        if !count {
            match relay.live.subscribe(&client.outbox, &sub, filters.clone()) {
                Ok(given) => ticket = Some(given),
                Err(refused) => {
                    let reason = refused.to_string();
                    write_text(out, |out| wire::write_closed(out, &sub, &reason));
                    return Ok(());
                }
            }
        }
        relay.desks.ask(
            client,
            Ask {
                sub,
                filters,
                ticket,
                bytes,
            },
        );
        Ok(())
    }

    /// Whether the client may ask for these. Events that it may not read are left out of mixed answers; a count tells of
    /// all or of none.
    fn may_ask(&self, filters: &[Filter], count: bool) -> Result<(), &'static str> {
        let private = &self.relay.settings.private_kinds;
        if private.is_empty() {
            return Ok(());
        }
        let is_private = |kind: &u16| private.contains(kind);
        let auth = lock(&self.connection.auth);
        let may = |filter: &Filter| match &filter.kinds {
            Some(kinds) if !kinds.iter().any(is_private) => true,
            _ if count => auth.may_read_all(filter),
            Some(kinds) => auth.is_anybody() || !kinds.iter().all(is_private),
            None => true,
        };
        if filters.iter().all(may) {
            Ok(())
        } else if auth.is_anybody() {
            Err("restricted: name the kinds to count, or count what is by you or for you")
        } else {
            Err("auth-required: only participants may read these kinds")
        }
    }

    /// Frees what others hold for the client, then says goodbye as far as the client listens.
    async fn end(self, farewell: &Farewell) {
        self.relay.live.forget(&self.connection.outbox);
        self.relay.desks.leave(&self.connection);
        if matches!(
            farewell.code,
            CloseCode::Protocol | CloseCode::Unsupported | CloseCode::Invalid | CloseCode::Size
        ) {
            self.relay.stats.broken.add(1);
        }
        let cut = lock(&self.connection.line).cut();
        let Some((mut stream, mut last)) = cut else {
            return;
        };
        if farewell.code == CloseCode::Abnormal {
            return;
        }
        farewell.write(&mut last);
        let goodbye = async {
            stream.write_all(&last).await?;
            stream.shutdown().await?;
            // Closing a socket with unread bytes resets it, and the client might never see the reason.
            let mut sink = [0; 512];
            while tokio::io::AsyncReadExt::read(&mut stream, &mut sink).await? > 0 {}
            std::io::Result::Ok(())
        };
        let patience = if farewell.reason.contains("slow") {
            GOODBYE_OF_THE_SLOW
        } else {
            GOODBYE
        };
        let _ = tokio::time::timeout(patience, Box::pin(goodbye)).await;
    }
}

fn refuse(out: &mut Vec<u8>, raw: &RawEvent<'_>, reason: &str) {
    write_text(out, |out| wire::write_ok(out, &raw.id, false, reason));
}

/// What stands against an event before its signature is looked at.
fn may_publish(connection: &Connection, event: &Event, now: u64) -> Result<(), &'static str> {
    if event
        .expiration()
        .is_some_and(|expiration| expiration <= now)
    {
        return Err("invalid: this event has expired");
    }
    if matches!(event.kind, 6 | 16) && event.content().contains(r#"["-"]"#) {
        return Err("blocked: a repost must not embed a protected event");
    }
    if event.is_protected() {
        let auth = lock(&connection.auth);
        if !auth.is_anybody() {
            return Err("auth-required: only its author may publish a protected event");
        }
        if !auth.is(&event.pubkey) {
            return Err("restricted: only its author may publish a protected event");
        }
    }
    Ok(())
}
