//! What a relay left on disk, as its own `stats` says once it has ended: while it runs, its file grows by leaps.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::error::Error;
use crate::process::{self, RunFolder};

const LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
struct Answer {
    stats: Stored,
}

/// What is in a database.
#[derive(Debug, Deserialize)]
pub struct Stored {
    events: u64,
    allocated_bytes: u64,
    tables: Vec<Table>,
}

#[derive(Debug, Deserialize)]
struct Table {
    stored_bytes: u64,
}

impl Stored {
    /// Asks the relay's program about a folder.
    ///
    /// # Errors
    ///
    /// Where it can't say.
    pub fn of(program: &Path, data: &Path, folder: &RunFolder) -> Result<Self, Error> {
        let mut command = Command::new(program);
        command.args(["stats", "--json", "--data"]).arg(data);
        let ran = process::run(command, LIMIT, folder).map_err(Error::reading(program))?;
        let answer: Answer = serde_json::from_str(&ran.output).map_err(|_| {
            let said = ran.complaints.trim();
            Error::Said(format!(
                "{} stats can't say what it stored: {said}",
                program.display()
            ))
        })?;
        Ok(answer.stats)
    }

    /// Keys and values of all tables, indexes included, for each event.
    pub fn stored_per_event(&self) -> f64 {
        let bytes: u64 = self.tables.iter().map(|table| table.stored_bytes).sum();
        bytes as f64 / self.events.max(1) as f64
    }

    /// What the file takes for each event, with all that is free in it.
    pub fn disk_per_event(&self) -> f64 {
        self.allocated_bytes as f64 / self.events.max(1) as f64
    }
}

/// What is read from what `relay stats --json` prints, with more than is needed here.
#[cfg(test)]
pub fn sample() -> Stored {
    const LINE: &str = r#"{"encodings":null,"stats":{"allocated_bytes":160000,"binary_bytes":1,"events":800,
    "tables":[{"entries":800,"fragmented_bytes":1,"metadata_bytes":1,"name":"events","stored_bytes":80000},
    {"entries":800,"fragmented_bytes":1,"metadata_bytes":1,"name":"by_id","stored_bytes":8000}]}}"#;
    let answer: Answer = serde_json::from_str(LINE).unwrap();
    answer.stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_relay_prints_is_understood() {
        let stored = sample();
        assert_eq!(stored.stored_per_event(), 110.0);
        assert_eq!(stored.disk_per_event(), 200.0);
    }
}
