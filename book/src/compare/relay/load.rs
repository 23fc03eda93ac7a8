//! The load, and what it says of a relay.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::running::{Metrics, Running};
use crate::error::Error;
use crate::process::{self, End, RunFolder};

/// The load has a patience of its own, for each message.
const LIMIT: Duration = Duration::from_secs(600);

/// What is put on each relay: the same events, to the byte.
pub struct Load {
    program: PathBuf,
    events: u32,
    /// When the last event is dated.
    now: u64,
}

/// What the load's `--json` says, as far as it is needed here.
#[derive(Debug, Deserialize)]
pub struct Shown {
    /// Storing.
    pub ingest: Option<Ingest>,
    /// Asking, by shape.
    pub queries: Vec<Shape>,
    /// One event to many.
    pub fanout: Option<Fanout>,
    /// Where the system says so.
    pub memory: Option<Memory>,
    failed: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Ingest {
    pub accepted: u64,
    pub per_second: f64,
}

#[derive(Debug, Deserialize)]
pub struct Shape {
    pub shape: String,
    pub queries: u64,
    pub per_second: f64,
}

#[derive(Debug, Deserialize)]
pub struct Fanout {
    pub deliveries: u64,
    pub per_second: f64,
}

#[derive(Debug, Deserialize)]
pub struct Memory {
    pub rss_anon: u64,
}

/// What a relay asked of its allocator, for each of what it did.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    pub event: (f64, f64),
    pub query: (f64, f64),
    pub delivery: (f64, f64),
}

impl Load {
    /// The program, and how many events it makes.
    pub fn of(program: PathBuf, events: u32) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            program,
            events,
            now: since.map_or(0, |since| since.as_secs()),
        }
    }

    /// All phases, with what the process takes in the end.
    ///
    /// # Errors
    ///
    /// Where the relay fails under it.
    pub fn time(&self, relay: &Running, folder: &RunFolder) -> Result<Shown, Error> {
        let shown = self.put(relay, "ingest,queries,fanout", folder)?;
        match &shown.ingest {
            Some(ingest) if ingest.accepted > 0 => Ok(shown),
            _ => Err(relay.failed("it accepts no event")),
        }
    }

    /// One phase after another, with the relay's counters read in between.
    ///
    /// # Errors
    ///
    /// Where the relay fails under it.
    pub fn count(&self, relay: &Running, folder: &RunFolder) -> Result<Heap, Error> {
        let mut before = relay.metrics()?;
        let mut since_then = |done: u64| {
            let after = relay.metrics()?;
            let heap = per(&before, &after, done);
            before = after;
            Ok::<_, Error>(heap)
        };
        let ingest = self.put(relay, "ingest", folder)?.ingest;
        let event = since_then(ingest.map_or(0, |it| it.accepted))?;
        let queries = self.put(relay, "queries", folder)?.queries;
        let query = since_then(queries.iter().map(|it| it.queries).sum())?;
        let fanout = self.put(relay, "fanout", folder)?.fanout;
        let delivery = since_then(fanout.map_or(0, |it| it.deliveries))?;
        Ok(Heap {
            event,
            query,
            delivery,
        })
    }

    fn put(&self, relay: &Running, phases: &str, folder: &RunFolder) -> Result<Shown, Error> {
        let mut command = Command::new(&self.program);
        let number = |number: u32| number.to_string();
        command
            .args(["--json", "--url", &relay.url(), "--phases", phases])
            .args(["--events", &number(self.events)])
            .args(["--now", &self.now.to_string()])
            .args([
                "--queries",
                &number((self.events * 2 / 5).clamp(100, 2_000)),
            ])
            .args(["--published", &number((self.events / 10).clamp(20, 500))]);
        if cfg!(target_os = "linux") {
            command.args(["--pid", &relay.pid().to_string()]);
        }
        let ran = process::run(command, LIMIT, folder).map_err(Error::reading(&self.program))?;
        if ran.end == End::OutOfTime {
            let reason = format!("the load wasn't done after {} seconds", LIMIT.as_secs());
            return Err(relay.failed(&reason));
        }
        let lines = ran.output.lines();
        let shown = lines.rev().find_map(|line| serde_json::from_str(line).ok());
        let shown: Shown = shown.ok_or_else(|| relay.failed(&broken_off(&ran.complaints)))?;
        match &shown.failed {
            Some(reason) => Err(relay.failed(reason)),
            None => Ok(shown),
        }
    }
}

fn broken_off(complaints: &str) -> String {
    let first = complaints.lines().next().unwrap_or_default();
    format!("the load broke off: {first}")
}

/// Allocations and bytes for each of what was done. Connections and the look itself are in it.
fn per(before: &Metrics, after: &Metrics, done: u64) -> (f64, f64) {
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / done.max(1) as f64;
    (
        each(before.allocations, after.allocations),
        each(before.bytes, after.bytes),
    )
}

impl Shown {
    /// Questions a second, as if there were as many of each shape: the geometric mean.
    pub fn queries_per_second(&self) -> f64 {
        let logarithms: f64 = self.queries.iter().map(|it| it.per_second.ln()).sum();
        (logarithms / self.queries.len().max(1) as f64).exp()
    }
}

/// What the load prints, with what isn't needed here.
#[cfg(test)]
pub const LINE: &str = r#"{"name":"relay","url":"ws://127.0.0.1:1","ingest":{"sent":1000,"accepted":800,
        "duplicates":0,"refused":{"blocked":200},"refusal":"blocked: why","seconds":0.1,"per_second":10000.0},
        "queries":[{"shape":"ids","queries":100,"events":990,"seconds":0.1,"per_second":1000.0},
        {"shape":"e_tag","queries":100,"events":9,"seconds":0.01,"per_second":10000.0}],
        "fanout":{"subscribers":100,"published":100,"deliveries":10000,"seconds":0.1,"per_second":100000.0},
        "memory":{"rss_anon":18051072,"rss_file":9605120},"disk":{"allocated":929792,"grown":160000},
        "remarks":{"notices":{},"closed":{}},"failed":null}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_load_prints_is_understood() {
        let shown: Shown = serde_json::from_str(LINE).unwrap();
        assert_eq!(shown.ingest.as_ref().map(|it| it.accepted), Some(800));
        assert!((shown.queries_per_second() - 3_162.3).abs() < 0.1);
    }

    #[test]
    fn counters_are_taken_apart_by_what_was_done() {
        let metrics = |allocations, bytes| Metrics {
            parts: "reference".to_owned(),
            allocations,
            bytes,
        };
        assert_eq!(
            per(&metrics(100, 5_000), &metrics(300, 25_000), 50),
            (4.0, 400.0)
        );
        assert_eq!(per(&metrics(1, 1), &metrics(1, 1), 0), (0.0, 0.0));
    }

    #[test]
    fn a_load_that_breaks_off_says_why() {
        assert_eq!(
            broken_off("error: unexpected argument\n\nUsage: load"),
            "the load broke off: error: unexpected argument"
        );
    }
}
