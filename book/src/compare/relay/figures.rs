//! What is measured of a relay, round by round, and how two relays compare.

use std::collections::BTreeMap;

use serde::Serialize;

use super::load::{Heap, Shown};
use super::stored::Stored;
use crate::compare::statistics::Interval;

/// A figure of a relay, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    AllocationsPerEvent,
    BytesPerEvent,
    AllocationsPerQuery,
    BytesPerQuery,
    AllocationsPerDelivery,
    BytesPerDelivery,
    StoredPerEvent,
    DiskPerEvent,
    EventsPerSecond,
    QueriesPerSecond,
    DeliveriesPerSecond,
    RssAnon,
}

/// What a figure is made of, which decides what a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Counted: less is better, and where the linker put the code doesn't matter.
    Count,
    /// Timed: more is better.
    Rate,
    /// What the system gave: less is better.
    Memory,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::AllocationsPerEvent,
        Self::BytesPerEvent,
        Self::AllocationsPerQuery,
        Self::BytesPerQuery,
        Self::AllocationsPerDelivery,
        Self::BytesPerDelivery,
        Self::StoredPerEvent,
        Self::DiskPerEvent,
        Self::EventsPerSecond,
        Self::QueriesPerSecond,
        Self::DeliveriesPerSecond,
        Self::RssAnon,
    ];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllocationsPerEvent => "allocations/event",
            Self::BytesPerEvent => "bytes/event",
            Self::AllocationsPerQuery => "allocations/query",
            Self::BytesPerQuery => "bytes/query",
            Self::AllocationsPerDelivery => "allocations/delivery",
            Self::BytesPerDelivery => "bytes/delivery",
            Self::StoredPerEvent => "stored bytes/event",
            Self::DiskPerEvent => "disk bytes/event",
            Self::EventsPerSecond => "events/s",
            Self::QueriesPerSecond => "queries/s",
            Self::DeliveriesPerSecond => "deliveries/s",
            Self::RssAnon => "RssAnon KiB",
        }
    }

    /// What it is.
    pub fn nature(self) -> Nature {
        match self {
            Self::EventsPerSecond | Self::QueriesPerSecond | Self::DeliveriesPerSecond => {
                Nature::Rate
            }
            Self::DiskPerEvent | Self::RssAnon => Nature::Memory,
            _ => Nature::Count,
        }
    }

    /// What a chart says in its place, where the shorter bar is the better one: its title and its unit.
    pub fn in_chart(self) -> (&'static str, &'static str) {
        match self {
            Self::AllocationsPerEvent => ("Heap allocations per event", "allocations"),
            Self::BytesPerEvent => ("Heap bytes per event", "bytes"),
            Self::AllocationsPerQuery => ("Heap allocations per query", "allocations"),
            Self::BytesPerQuery => ("Heap bytes per query", "bytes"),
            Self::AllocationsPerDelivery => ("Heap allocations per delivery", "allocations"),
            Self::BytesPerDelivery => ("Heap bytes per delivery", "bytes"),
            Self::StoredPerEvent => ("Stored bytes per event", "bytes"),
            Self::DiskPerEvent => ("Disk bytes per event", "bytes"),
            Self::EventsPerSecond => ("Time per event", "ns"),
            Self::QueriesPerSecond => ("Time per query", "ns"),
            Self::DeliveriesPerSecond => ("Time per delivery", "ns"),
            Self::RssAnon => ("Anonymous memory of the process, KiB", "KiB"),
        }
    }
}

/// The figures of all rounds; round by round, those of two relays belong together.
#[derive(Clone, Debug, Default)]
pub struct Samples(BTreeMap<Figure, Vec<f64>>);

impl Samples {
    /// Takes in what was counted in a round.
    pub fn counted(&mut self, heap: &Heap) {
        for (allocations, bytes, (some, many)) in [
            (
                Figure::AllocationsPerEvent,
                Figure::BytesPerEvent,
                heap.event,
            ),
            (
                Figure::AllocationsPerQuery,
                Figure::BytesPerQuery,
                heap.query,
            ),
            (
                Figure::AllocationsPerDelivery,
                Figure::BytesPerDelivery,
                heap.delivery,
            ),
        ] {
            self.add(allocations, Some(some));
            self.add(bytes, Some(many));
        }
    }

    /// Takes in what was timed in a round, and what it left on disk.
    pub fn timed(&mut self, shown: &Shown, stored: &Stored) {
        let ingest = shown.ingest.as_ref().map(|it| it.per_second);
        let fanout = shown.fanout.as_ref().map(|it| it.per_second);
        let memory = shown.memory.as_ref().map(|it| it.rss_anon as f64 / 1024.0);
        self.add(Figure::EventsPerSecond, ingest);
        self.add(Figure::QueriesPerSecond, Some(shown.queries_per_second()));
        self.add(Figure::DeliveriesPerSecond, fanout);
        self.add(Figure::StoredPerEvent, Some(stored.stored_per_event()));
        self.add(Figure::DiskPerEvent, Some(stored.disk_per_event()));
        self.add(Figure::RssAnon, memory);
    }

    fn add(&mut self, figure: Figure, value: Option<f64>) {
        self.0.entry(figure).or_default().extend(value);
    }

    /// Its median with its interval; `None` where it wasn't measured.
    pub fn interval(&self, figure: Figure) -> Option<Interval> {
        Interval::of(self.0.get(&figure)?.clone())
    }

    /// This relay's figure in that of another.
    pub fn against(&self, other: &Self, figure: Figure) -> Option<Ratio> {
        let (ours, theirs) = (self.0.get(&figure)?, other.0.get(&figure)?);
        let interval = Interval::of_ratios(ours, theirs)?;
        Some(Ratio {
            figure,
            interval,
            verdict: verdict(figure, &interval, ours.len() as u32),
        })
    }
}

/// A figure of one relay in that of another.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ratio {
    /// Which.
    pub figure: Figure,
    /// By round.
    #[serde(flatten)]
    pub interval: Interval,
    /// What it means.
    pub verdict: Verdict,
}

/// What a ratio means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Other rounds would explain it.
    Noise,
    /// The first one is better.
    Better,
    /// The first one is worse.
    Worse,
    /// There are too few rounds to tell it from noise.
    TooFewRounds,
}

/// With fewer, no interval of medians holds the true one in 95 of 100 runs: the largest and the smallest of five lie on
/// one side of it in 6 of 100.
pub const ENOUGH: u32 = 6;

fn verdict(figure: Figure, ratio: &Interval, rounds: u32) -> Verdict {
    let noise = match figure.nature() {
        Nature::Count => ratio.includes_one(),
        Nature::Rate | Nature::Memory => ratio.is_noise(),
    };
    let more_is_better = figure.nature() == Nature::Rate;
    match (noise, ratio.median > 1.0) {
        (true, _) => Verdict::Noise,
        (false, _) if rounds < ENOUGH => Verdict::TooFewRounds,
        (false, more) if more == more_is_better => Verdict::Better,
        (false, _) => Verdict::Worse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, median: f64, high: f64) -> Interval {
        Interval { median, low, high }
    }

    #[test]
    fn more_events_a_second_are_better_and_more_allocations_are_worse() {
        let more = interval(1.2, 1.3, 1.4);
        assert_eq!(verdict(Figure::EventsPerSecond, &more, 6), Verdict::Better);
        assert_eq!(
            verdict(Figure::AllocationsPerEvent, &more, 6),
            Verdict::Worse
        );
        assert_eq!(verdict(Figure::RssAnon, &more, 6), Verdict::Worse);
        let less = interval(0.7, 0.8, 0.9);
        assert_eq!(verdict(Figure::EventsPerSecond, &less, 6), Verdict::Worse);
        assert_eq!(verdict(Figure::StoredPerEvent, &less, 6), Verdict::Better);
    }

    #[test]
    fn a_little_more_counts_for_what_is_counted_only() {
        let little = interval(1.01, 1.02, 1.03);
        assert_eq!(verdict(Figure::EventsPerSecond, &little, 6), Verdict::Noise);
        assert_eq!(
            verdict(Figure::AllocationsPerEvent, &little, 6),
            Verdict::Worse
        );
        let same = interval(1.0, 1.0, 1.0);
        assert_eq!(
            verdict(Figure::AllocationsPerEvent, &same, 6),
            Verdict::Noise
        );
    }

    #[test]
    fn a_round_or_two_prove_nothing() {
        let far = interval(3.0, 3.0, 3.0);
        assert_eq!(
            verdict(Figure::EventsPerSecond, &far, 1),
            Verdict::TooFewRounds
        );
        assert_eq!(
            verdict(Figure::AllocationsPerEvent, &far, 5),
            Verdict::TooFewRounds
        );
    }

    #[test]
    fn rounds_are_paired() {
        let samples = |values: [f64; 6]| {
            let mut samples = Samples::default();
            for value in values {
                samples.add(Figure::EventsPerSecond, Some(value));
            }
            samples
        };
        // Both slow down together.
        let ours = samples([20.0, 40.0, 60.0, 80.0, 100.0, 120.0]);
        let theirs = samples([10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
        let ratio = ours.against(&theirs, Figure::EventsPerSecond).unwrap();
        assert_eq!((ratio.interval.low, ratio.interval.high), (2.0, 2.0));
        assert_eq!(ratio.verdict, Verdict::Better);
        assert!(ours.against(&theirs, Figure::RssAnon).is_none());
    }
}
