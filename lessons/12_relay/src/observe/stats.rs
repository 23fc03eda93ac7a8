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

/// One number with its names: in [`Stats`] and for the page, and for Prometheus with its labels.
pub(super) struct Row {
    pub field: &'static str,
    pub family: &'static str,
    pub labels: &'static str,
    pub help: &'static str,
    pub value: u64,
}

/// Declares each number once: by family, as Prometheus has them, its field and its labels.
macro_rules! stats {
    ($($family:literal $help:literal { $($(#[$about:meta])* $field:ident $labels:literal)* })*) => {
        /// All that is counted. Connections go down again; all else only rises.
        #[derive(Debug, Default)]
        pub struct Stats {
            $($($(#[$about])* #[doc = $help] pub $field: Number,)*)*
        }

        impl Stats {
            pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
                [$($(Row {
                    field: stringify!($field),
                    family: $family,
                    labels: $labels,
                    help: $help,
                    value: self.$field.get(),
                },)*)*].into_iter()
            }
        }
    };
}

// A name that ends in `_total` is a counter, any other a gauge.
stats! {
    "relay_connections" "Connections that are open" {
        /// Before their upgrade to a WebSocket, too.
        connections ""
    }
    "relay_connections_accepted_total" "Connections so far" { accepted "" }
    "relay_connections_refused_total" "Connections beyond the limit" { turned_away "" }
    "relay_connections_dropped_total" "Clients that were dropped" {
        /// They didn't read what they had asked for.
        too_slow r#"{reason="slow"}"#
        /// They broke the WebSocket protocol or a limit of it.
        broken r#"{reason="protocol"}"#
    }
    "relay_events_received_total" "EVENT messages" { received "" }
    "relay_events_total" "Events, by what became of them" {
        /// Stored, durably.
        stored r#"{outcome="stored"}"#
        /// There already.
        duplicates r#"{outcome="duplicate"}"#
        /// Passed on.
        ephemeral r#"{outcome="ephemeral"}"#
        /// Refused as `invalid`.
        invalid r#"{outcome="invalid"}"#
        /// A newer one, a deletion or a rule of the relay stands against them.
        blocked r#"{outcome="blocked"}"#
        /// Refused for want of authentication.
        unauthorised r#"{outcome="unauthorised"}"#
        /// They couldn't be written, for example to a full disk.
        failed r#"{outcome="failed"}"#
    }
    "relay_queries_total" "REQ and COUNT messages" { queries "" }
    "relay_events_sent_total" "Events sent to subscriptions" {
        /// From the database.
        returned r#"{source="stored"}"#
        /// As they came: put into outboxes.
        delivered r#"{source="live"}"#
    }
    "relay_received_bytes_total" "Bytes read from clients" { bytes_in "" }
    "relay_sent_bytes_total" "Bytes written to clients" { bytes_out "" }
    "relay_commits_total" "Durable writes" { commits "" }
    "relay_committed_events_total" "Events in durable writes" { committed "" }
    "relay_commit_microseconds_total" "Time spent in durable writes" { commit_micros "" }
    "relay_slowest_commit_microseconds" "The slowest durable write" { slowest_commit_micros "" }
}

impl Stats {
    /// Counts a refusal under what its reason begins with.
    pub(crate) fn refused(&self, reason: &str) {
        match reason.split(':').next() {
            Some("invalid") => self.invalid.add(1),
            Some("auth-required" | "restricted") => self.unauthorised.add(1),
            _ => self.blocked.add(1),
        }
    }

    /// Counts what became of an event at the store.
    pub(crate) fn put(&self, put: &Put) {
        match put {
            Put::Stored(_) => self.stored.add(1),
            Put::Duplicate => self.duplicates.add(1),
            Put::Expired => self.invalid.add(1),
            Put::Superseded | Put::Deleted | Put::Vanished | Put::Refused(_) => self.blocked.add(1),
        }
    }

    pub(crate) fn committed(&self, events: usize, took: Duration) {
        let micros = took.as_micros() as u64;
        self.commits.add(1);
        self.committed.add(events);
        self.commit_micros.add(micros as usize);
        self.slowest_commit_micros.max(micros);
    }
}
