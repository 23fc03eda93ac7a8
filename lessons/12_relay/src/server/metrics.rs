//! What the relay counts about itself, and how Prometheus reads it.

use redb::ReadableTableMetadata as _;

use super::Relay;
use super::readers::CHUNK;
use super::stats::Stats;
use crate::store::allocated;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// One number with its names: in [`Stats`] and for the page, and for Prometheus with its labels.
pub(super) struct Row {
    pub field: &'static str,
    family: &'static str,
    labels: &'static str,
    help: &'static str,
    pub value: u64,
}

/// Declares the rows once: field of [`Stats`], Prometheus name with its labels, help.
macro_rules! rows {
    ($($field:ident $family:literal $labels:literal $help:literal;)*) => {
        pub(super) fn rows(stats: &Stats) -> impl Iterator<Item = Row> {
            [$(Row {
                field: stringify!($field),
                family: $family,
                labels: $labels,
                help: $help,
                value: stats.$field.get(),
            },)*].into_iter()
        }
    };
}

// A name that ends in `_total` is a counter, any other a gauge. Rows of one name stand together.
rows! {
    connections "relay_connections" "" "Connections that are open";
    accepted "relay_connections_accepted_total" "" "Connections so far";
    turned_away "relay_connections_refused_total" "" "Connections beyond the limit";
    too_slow "relay_connections_dropped_total" "{reason=\"slow\"}" "Clients that were dropped";
    broken "relay_connections_dropped_total" "{reason=\"protocol\"}" "Clients that were dropped";
    received "relay_events_received_total" "" "EVENT messages";
    stored "relay_events_total" "{outcome=\"stored\"}" "Events, by what became of them";
    duplicates "relay_events_total" "{outcome=\"duplicate\"}" "Events, by what became of them";
    ephemeral "relay_events_total" "{outcome=\"ephemeral\"}" "Events, by what became of them";
    invalid "relay_events_total" "{outcome=\"invalid\"}" "Events, by what became of them";
    blocked "relay_events_total" "{outcome=\"blocked\"}" "Events, by what became of them";
    unauthorised "relay_events_total" "{outcome=\"unauthorised\"}" "Events, by what became of them";
    failed "relay_events_total" "{outcome=\"failed\"}" "Events, by what became of them";
    queries "relay_queries_total" "" "REQ and COUNT messages";
    returned "relay_events_sent_total" "{source=\"stored\"}" "Events sent to subscriptions";
    delivered "relay_events_sent_total" "{source=\"live\"}" "Events sent to subscriptions";
    bytes_in "relay_received_bytes_total" "" "Bytes read from clients";
    bytes_out "relay_sent_bytes_total" "" "Bytes written to clients";
    commits "relay_commits_total" "" "Durable writes";
    committed "relay_committed_events_total" "" "Events in durable writes";
    commit_micros "relay_commit_microseconds_total" "" "Time spent in durable writes";
    slowest_commit_micros "relay_slowest_commit_microseconds" "" "The slowest durable write";
}

/// What is asked for when somebody looks: sizes that their owners know.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Caches and queues against their budgets.
    pub bounds: Vec<Bound>,
    /// Subscriptions that are open.
    pub subscriptions: u64,
    /// Events in the database.
    pub events: u64,
    /// What the database takes on disk, in bytes.
    pub disk: u64,
    /// Time since the relay began.
    pub uptime: Duration,
}

impl Reading {
    /// Asks around in a relay that began then. Costs a few locks, held briefly.
    pub(super) fn of(relay: &Relay, value_cache: usize, began: Instant) -> Self {
        let limits = &relay.settings.limits;
        let fullest = relay
            .connections()
            .iter()
            .map(|one| one.outbox.bytes())
            .max();
        let bound = |name, kind, used, budget| Bound {
            name,
            kind,
            used: used as u64,
            budget: budget as u64,
        };
        let (recent, events) = (relay.recent.figures(), relay.events.figures());
        let queries = relay.queries.figures();
        let snapshot = relay.store.snapshot().ok();
        // The server never works with less than these.
        let outbox = limits
            .outbox_bytes
            .max(2 * limits.message_bytes + 4 * CHUNK);
        let ingest = limits.in_flight_bytes.max(1 << 20);
        let free = relay.ingest.semaphore().available_permits() << 10;
        let under_way = ingest.saturating_sub(free);
        Self {
            bounds: vec![
                bound("recent_ids", BoundKind::Cache, recent.bytes, recent.budget),
                bound("events", BoundKind::Cache, events.bytes, events.budget),
                bound("answers", BoundKind::Cache, queries.bytes, queries.budget),
                bound(
                    "keys_and_ids",
                    BoundKind::Cache,
                    relay.store.value_cache_bytes(),
                    value_cache,
                ),
                bound(
                    "subscriptions",
                    BoundKind::Cache,
                    relay.live.heap_bytes(),
                    relay.live.limits().bytes,
                ),
                bound("events_under_way", BoundKind::Queue, under_way, ingest),
                bound(
                    "fullest_outbox",
                    BoundKind::Queue,
                    fullest.unwrap_or(0),
                    outbox,
                ),
            ],
            subscriptions: relay.live.subscriptions() as u64,
            events: snapshot
                .and_then(|snapshot| snapshot.tables().events.len().ok())
                .unwrap_or(0),
            disk: std::fs::metadata(relay.store.file()).map_or(0, |about| allocated(&about)),
            uptime: began.elapsed(),
        }
    }
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
    /// Live bytes of the heap, to the byte, where the meter is installed and counts.
    pub heap: Option<u64>,
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
        let counted = measuring::statistics();
        Self {
            heap: (counted.blocks > 0).then(|| counted.live.max(0).unsigned_abs()),
            anonymous: bytes("RssAnon:").unwrap_or(0),
            resident: bytes("VmRSS:").unwrap_or(0),
        }
    }
}

/// Everything in Prometheus's text format, version 0.0.4.
pub fn exposition(stats: &Stats, reading: &Reading) -> String {
    let mut text = String::with_capacity(8 << 10);
    let mut last = "";
    for row in rows(stats) {
        if row.family != last {
            let is_counter = row.family.ends_with("_total");
            head(
                &mut text,
                row.family,
                if is_counter { "counter" } else { "gauge" },
                row.help,
            );
            last = row.family;
        }
        let _ = writeln!(text, "{}{} {}", row.family, row.labels, row.value);
    }
    let memory = Memory::now();
    if let Some(live) = memory.heap {
        head(
            &mut text,
            "relay_heap_live_bytes",
            "gauge",
            "Live bytes of the heap",
        );
        let _ = writeln!(text, "relay_heap_live_bytes {live}");
    }
    for (name, help, value) in [
        (
            "relay_uptime_seconds",
            "Time since the relay began",
            reading.uptime.as_secs(),
        ),
        (
            "relay_subscriptions",
            "Subscriptions that are open",
            reading.subscriptions,
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
