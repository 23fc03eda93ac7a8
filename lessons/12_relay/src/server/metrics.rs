//! What the relay counts about itself, and how Prometheus reads it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// A number that only grows: so many so far.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// A number that goes up and down: so many now.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Counter {
    /// Counts some more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    /// How many so far.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Gauge {
    /// One more now.
    pub fn up(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// One less now.
    pub fn down(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    /// How many now.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Declares the metrics once: field, type, Prometheus name with its labels, help.
macro_rules! metrics {
    ($($field:ident: $type:ident, $family:literal $labels:literal, $help:literal;)*) => {
        /// All numbers that the relay keeps about itself. Adding is one relaxed atomic operation.
        #[derive(Debug)]
        pub struct Metrics {
            /// When the relay began.
            pub started: Instant,
            $(#[doc = $help] pub $field: $type,)*
        }

        impl Default for Metrics {
            fn default() -> Self {
                Self { started: Instant::now(), $($field: $type::default(),)* }
            }
        }

        impl Metrics {
            /// Each number: field name, Prometheus name, labels, type, help, value.
            pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
                [$(Row {
                    field: stringify!($field),
                    family: $family,
                    labels: $labels,
                    kind: stringify!($type),
                    help: $help,
                    value: self.$field.get(),
                },)*].into_iter()
            }
        }
    };
}

/// One number with its names.
pub(crate) struct Row {
    pub field: &'static str,
    pub family: &'static str,
    pub labels: &'static str,
    pub kind: &'static str,
    pub help: &'static str,
    pub value: u64,
}

metrics! {
    connections: Gauge, "relay_connections" "", "Connections that are open";
    connections_opened: Counter, "relay_connections_opened_total" "", "Connections that were opened";
    connections_refused: Counter, "relay_connections_refused_total" "", "Connections beyond the limit";
    connections_dropped: Counter, "relay_connections_dropped_total" "", "Clients that were too slow and dropped";
    subscriptions: Gauge, "relay_subscriptions" "", "Subscriptions that are open";
    stored: Counter, "relay_events_total" "{outcome=\"stored\"}", "Events received, by what became of them";
    duplicate: Counter, "relay_events_total" "{outcome=\"duplicate\"}", "Events received, by what became of them";
    superseded: Counter, "relay_events_total" "{outcome=\"superseded\"}", "Events received, by what became of them";
    ephemeral: Counter, "relay_events_total" "{outcome=\"ephemeral\"}", "Events received, by what became of them";
    invalid: Counter, "relay_events_total" "{outcome=\"invalid\"}", "Events received, by what became of them";
    refused: Counter, "relay_events_total" "{outcome=\"refused\"}", "Events received, by what became of them";
    requests: Counter, "relay_requests_total" "{verb=\"REQ\"}", "Requests received";
    counts: Counter, "relay_requests_total" "{verb=\"COUNT\"}", "Requests received";
    events_sent: Counter, "relay_events_sent_total" "{source=\"stored\"}", "Events sent to subscriptions";
    events_delivered: Counter, "relay_events_sent_total" "{source=\"live\"}", "Events sent to subscriptions";
    bytes_received: Counter, "relay_received_bytes_total" "", "Bytes read from WebSocket clients";
    bytes_sent: Counter, "relay_sent_bytes_total" "", "Bytes written to WebSocket clients";
    commits: Counter, "relay_commits_total" "", "Durable writes";
    expired: Counter, "relay_events_expired_total" "", "Events removed because they expired";
    query_cache_hits: Counter, "relay_query_cache_total" "{result=\"hit\"}", "Queries, by whether their answer was in the cache";
    query_cache_misses: Counter, "relay_query_cache_total" "{result=\"miss\"}", "Queries, by whether their answer was in the cache";
}

/// What is asked for when somebody looks: sizes that their owners know.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Caches and queues against their budgets.
    pub bounds: Vec<Bound>,
    /// Events in the database.
    pub events: u64,
    /// What the database takes on disk, in bytes.
    pub disk: u64,
}

/// A cache or queue, and what it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Bound {
    /// Its name: a word or two in lower case, joined by `_`.
    pub name: &'static str,
    /// What it is.
    pub kind: BoundKind,
    /// Bytes that it takes now.
    pub used: u64,
    /// Bytes that it may take.
    pub budget: u64,
}

/// Caches keep what may be of use, queues what must still be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum BoundKind {
    Cache,
    Queue,
}

/// Memory of this process, in bytes.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Memory {
    /// Heap and stacks that are in memory: anonymous resident pages. 0 where the system doesn't say.
    pub anonymous: u64,
    /// All that is in memory, mapped files included. 0 where the system doesn't say.
    pub resident: u64,
}

impl Memory {
    /// Asks the system (Linux's `/proc`).
    pub fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let bytes = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kib * 1024)
        };
        Self {
            anonymous: bytes("RssAnon:").unwrap_or(0),
            resident: bytes("VmRSS:").unwrap_or(0),
        }
    }
}

/// Everything in Prometheus's text format, version 0.0.4.
pub fn exposition(metrics: &Metrics, reading: &Reading) -> String {
    let mut text = String::with_capacity(8 << 10);
    let mut last = "";
    for row in metrics.rows() {
        if row.family != last {
            head(
                &mut text,
                row.family,
                &row.kind.to_ascii_lowercase(),
                row.help,
            );
            last = row.family;
        }
        let _ = writeln!(text, "{}{} {}", row.family, row.labels, row.value);
    }
    let memory = Memory::now();
    for (name, help, value) in [
        (
            "relay_uptime_seconds",
            "Time since the relay began",
            metrics.started.elapsed().as_secs(),
        ),
        (
            "relay_stored_events",
            "Events in the database",
            reading.events,
        ),
        (
            "relay_disk_bytes",
            "What the database takes on disk",
            reading.disk,
        ),
        (
            "relay_memory_anonymous_bytes",
            "Heap and stacks in memory",
            memory.anonymous,
        ),
        (
            "relay_memory_resident_bytes",
            "All that is in memory, mapped files included",
            memory.resident,
        ),
    ] {
        head(&mut text, name, "gauge", help);
        let _ = writeln!(text, "{name} {value}");
    }
    type Field = fn(&Bound) -> u64;
    for (name, help, value) in [
        (
            "relay_bound_used_bytes",
            "What a cache or queue takes",
            (|bound| bound.used) as Field,
        ),
        (
            "relay_bound_budget_bytes",
            "What a cache or queue may take",
            |bound| bound.budget,
        ),
    ] {
        head(&mut text, name, "gauge", help);
        for bound in &reading.bounds {
            let kind = match bound.kind {
                BoundKind::Cache => "cache",
                BoundKind::Queue => "queue",
            };
            let _ = writeln!(text, "{name}{{{kind}=\"{}\"}} {}", bound.name, value(bound));
        }
    }
    text
}

fn head(text: &mut String, family: &str, kind: &str, help: &str) {
    let _ = write!(text, "# HELP {family} {help}\n# TYPE {family} {kind}\n");
}
