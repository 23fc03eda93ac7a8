//! What the threads that work for a connection know of it. Its session is the task that owns the socket.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};

use super::auth::Auth;
use super::ingest::Lane;
use super::line::Line;
use super::readers::Desk;
use super::socket::write_ping;
use crate::event::EventId;
use crate::live::Outbox;
pub(super) use crate::lock;
use crate::wire;

/// One client, shared by its session, the pools and the writer.
pub(super) struct Connection {
    /// Its socket.
    pub line: Mutex<Line>,
    /// What is sent to it by others than its session waits here.
    pub outbox: Arc<Outbox>,
    /// Its events on their way to the verifiers.
    pub lane: Mutex<Lane>,
    /// Its queries on their way to the readers.
    pub desk: Mutex<Desk>,
    /// Who it has proved to be.
    pub auth: Mutex<Auth>,
    /// Events that were taken and not answered yet.
    pub unanswered: AtomicU32,
    /// When it was heard last, in the sweeper's rounds.
    heard: AtomicU32,
    closing: AtomicBool,
}

impl Connection {
    pub fn new(line: Line, outbox_bytes: usize, auth: Auth, round: u32) -> Arc<Self> {
        Arc::new(Self {
            line: Mutex::new(line),
            outbox: Outbox::new(outbox_bytes),
            lane: Mutex::default(),
            desk: Mutex::default(),
            auth: Mutex::new(auth),
            unanswered: AtomicU32::new(0),
            heard: AtomicU32::new(round),
            closing: AtomicBool::new(false),
        })
    }

    /// Answers an event. A client that is too slow even for that is dropped by its outbox.
    pub fn answer(&self, id: &EventId, accepted: bool, reason: &str) {
        let _ = self
            .outbox
            .push_text(|out| wire::write_ok(out, id, accepted, reason));
        // The session may have been woken, and have gone to sleep again, before the number was down.
        if self.unanswered.fetch_sub(1, Release) == 1 && self.is_closing() {
            self.ping();
        }
    }

    /// Sends a chunk of stored events, at once where the line is free. Gives its buffer back if that is used no more, and
    /// says how many bytes the socket took.
    pub fn send_chunk(&self, chunk: Vec<u8>) -> (Option<Vec<u8>>, usize) {
        if let Ok(mut line) = self.line.try_lock()
            && self.outbox.bytes() == 0
            && let Some(written) = line.send(&chunk)
        {
            if written < chunk.len() {
                self.outbox.nudge();
            }
            return (Some(chunk), written);
        }
        let _ = self.outbox.push_chunk(chunk);
        (None, 0)
    }

    /// Notes that the client said something.
    pub fn hear(&self, round: u32) {
        self.heard.store(round, Relaxed);
    }

    /// Pings a client that was silent for a round, and drops one that didn't answer for two more.
    pub fn sweep(&self, round: u32) {
        match round.saturating_sub(self.heard.load(Relaxed)) {
            0 => {}
            1 | 2 => self.ping(),
            _ => self
                .outbox
                .drop_client("error: you were silent for too long"),
        }
        self.outbox.trim();
    }

    /// Asks the session to end when its events are answered.
    pub fn close(&self) {
        self.closing.store(true, Release);
        self.ping();
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Acquire)
    }

    fn ping(&self) {
        let mut frame = Vec::new();
        write_ping(&mut frame);
        let _ = self.outbox.push_chunk(frame);
    }
}
