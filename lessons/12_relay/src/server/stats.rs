//! What the server counts while it runs, for its page and for its metrics.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::store::Put;

/// A number that threads count up, or up and down.
#[derive(Debug, Default)]
pub struct Number(AtomicU64);

impl Number {
    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Adds to it.
    pub fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Relaxed);
    }

    /// Takes from it what was added before.
    pub fn sub(&self, less: usize) {
        self.0.fetch_sub(less as u64, Relaxed);
    }

    fn max(&self, value: u64) {
        self.0.fetch_max(value, Relaxed);
    }
}

/// All that is counted. Those marked *now* go down again; the others only rise.
#[derive(Debug, Default)]
pub struct Stats {
    /// Now: connections, before and after their upgrade.
    pub connections: Number,
    /// Connections so far.
    pub accepted: Number,
    /// Connections that were refused because there were too many.
    pub turned_away: Number,
    /// EVENT messages.
    pub received: Number,
    /// Events that were stored, durably.
    pub stored: Number,
    /// Events that were there already.
    pub duplicates: Number,
    /// Ephemeral events that were passed on.
    pub ephemeral: Number,
    /// Events refused as `invalid`.
    pub invalid: Number,
    /// Events refused because a newer one, a deletion or a rule of the relay stands against them.
    pub blocked: Number,
    /// Events refused for want of authentication.
    pub unauthorised: Number,
    /// Events that couldn't be written, for example to a full disk.
    pub failed: Number,
    /// REQ and COUNT messages.
    pub queries: Number,
    /// Stored events that were sent.
    pub returned: Number,
    /// Bytes read from clients, WebSocket framing included.
    pub bytes_in: Number,
    /// Bytes written to clients, WebSocket framing included.
    pub bytes_out: Number,
    /// Clients dropped because they didn't read what they had asked for.
    pub too_slow: Number,
    /// Clients dropped because they broke the WebSocket protocol or a limit of it.
    pub broken: Number,
    /// Live events that were put into outboxes.
    pub delivered: Number,
    /// Durable commits.
    pub commits: Number,
    /// Events in them.
    pub committed: Number,
    /// Microseconds spent in them.
    pub commit_micros: Number,
    /// The slowest of them, in microseconds.
    pub slowest_commit_micros: Number,
}

impl Stats {
    /// Counts a refusal under what its reason begins with.
    pub(super) fn refused(&self, reason: &str) {
        match reason.split(':').next() {
            Some("invalid") => self.invalid.add(1),
            Some("auth-required" | "restricted") => self.unauthorised.add(1),
            _ => self.blocked.add(1),
        }
    }

    /// Counts what became of an event at the store.
    pub(super) fn put(&self, put: &Put) {
        match put {
            Put::Stored(_) => self.stored.add(1),
            Put::Duplicate => self.duplicates.add(1),
            Put::Expired => self.invalid.add(1),
            Put::Superseded | Put::Deleted | Put::Vanished | Put::Refused(_) => self.blocked.add(1),
        }
    }

    pub(super) fn committed(&self, events: usize, took: Duration) {
        let micros = took.as_micros() as u64;
        self.commits.add(1);
        self.committed.add(events);
        self.commit_micros.add(micros as usize);
        self.slowest_commit_micros.max(micros);
    }
}
