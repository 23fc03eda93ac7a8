//! What is asked for when somebody looks, and how Prometheus reads it all.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use redb::ReadableTableMetadata as _;

use super::Stats;
use crate::parts;
use crate::server::Relay;
use crate::store::allocated;

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
        use BoundKind::{Cache, Queue};
        let bound = |name, kind, used, budget| Bound {
            name,
            kind,
            used: used as u64,
            budget: budget as u64,
        };
        let (recent, events) = (relay.recent.figures(), relay.events.figures());
        let (under_way, ingest) = relay.under_way();
        let (fullest, outbox) = relay.fullest_outbox();
        let answers = relay.queries.figures();
        let (values, subscriptions) = (relay.store.value_cache_bytes(), relay.live.heap_bytes());
        let snapshot = relay.store.snapshot().ok();
        let stored = snapshot.and_then(|snapshot| snapshot.tables().events.len().ok());
        Self {
            bounds: vec![
                bound("recent_ids", Cache, recent.bytes, recent.budget),
                bound("events", Cache, events.bytes, events.budget),
                bound("answers", Cache, answers.bytes, answers.budget),
                bound("keys_and_ids", Cache, values, value_cache),
                bound(
                    "subscriptions",
                    Cache,
                    subscriptions,
                    relay.settings.limits.subscription_bytes,
                ),
                bound("events_under_way", Queue, under_way, ingest),
                bound("fullest_outbox", Queue, fullest, outbox),
            ],
            subscriptions: relay.live.subscriptions() as u64,
            events: stored.unwrap_or(0),
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
            heap: (counted.allocations > 0).then(|| counted.live.max(0).unsigned_abs()),
            anonymous: bytes("RssAnon:").unwrap_or(0),
            resident: bytes("VmRSS:").unwrap_or(0),
        }
    }
}

/// Everything in Prometheus's text format, version 0.0.4.
pub(super) fn exposition(stats: &Stats, reading: &Reading) -> String {
    let mut text = Exposition::default();
    text.add(
        "relay_info",
        "What this relay is made of: its own parts, or those that a learner wrote",
        // A comma in a label is legal, and trips up readers that split there.
        &format!("{{parts=\"{}\"}}", parts::made_of().replace(',', "")),
        1,
    );
    for row in stats.rows() {
        text.add(row.family, row.help, row.labels, row.value);
    }
    let memory = Memory::now();
    let gauges = [
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
    ];
    for (name, help, value) in gauges.into_iter().chain(heap(&memory)) {
        text.add(name, help, "", value);
    }
    let labels = |bound: &Bound| {
        let kind = match bound.kind {
            BoundKind::Cache => "cache",
            BoundKind::Queue => "queue",
        };
        format!("{{{kind}=\"{}\"}}", bound.name)
    };
    for bound in &reading.bounds {
        text.add(
            "relay_bound_used_bytes",
            "What a cache or queue takes",
            &labels(bound),
            bound.used,
        );
    }
    for bound in &reading.bounds {
        text.add(
            "relay_bound_budget_bytes",
            "What a cache or queue may take",
            &labels(bound),
            bound.budget,
        );
    }
    text.text
}

/// What the meter counts, where it does. The two counters only rise: twice looked at, they say what was asked of the
/// allocator in between, on all threads.
fn heap(memory: &Memory) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
    let live = memory.heap.into_iter();
    live.flat_map(|live| {
        let counted = measuring::statistics();
        [
            ("relay_heap_live_bytes", "Live bytes of the heap", live),
            (
                "relay_heap_allocations_total",
                "Allocations and reallocations so far",
                counted.allocations,
            ),
            (
                "relay_heap_bytes_total",
                "Bytes of allocations and reallocations so far",
                counted.bytes,
            ),
        ]
    })
}

/// Writes numbers, those of one family one behind the other under its head.
#[derive(Default)]
struct Exposition {
    text: String,
    family: &'static str,
}

impl Exposition {
    fn add(&mut self, family: &'static str, help: &str, labels: &str, value: u64) {
        if self.family != family {
            self.family = family;
            let kind = if family.ends_with("_total") {
                "counter"
            } else {
                "gauge"
            };
            let _ = writeln!(self.text, "# HELP {family} {help}\n# TYPE {family} {kind}");
        }
        let _ = writeln!(self.text, "{family}{labels} {value}");
    }
}
