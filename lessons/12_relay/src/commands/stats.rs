//! `relay stats`: what the events take, table by table, and what they would take otherwise.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use measuring::grouped;
use relay::store::Store;
use relay::upkeep::{Comparison, Stats};
use serde_json::json;

use super::{Database, Failure, open_existing};

/// Say what the events take on disk, table by table, and what they would take otherwise.
#[derive(Args)]
pub(crate) struct Statistics {
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Store the same events in two ordinary encodings too, in a temporary file beside the database, and compare
    #[arg(long)]
    compare: bool,
    #[command(flatten)]
    database: Database,
}

impl Statistics {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let storage = self.database.begin()?;
        let store = open_existing(storage)?;
        let stats = store.stats()?;
        let compared = match self.compare {
            true => Some(compared(&store, &storage.data)?),
            false => None,
        };
        let mut output = io::stdout().lock();
        let written = match self.json {
            true => writeln!(
                output,
                "{}",
                json!({ "stats": stats, "encodings": compared })
            ),
            false => table(&mut output, &stats, compared.as_ref()),
        };
        written.map_err(|cause| Failure::output(&cause))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Events in one durable write of the encodings that are compared: what a busy relay has in its own.
const GROUP: usize = 1_024;

/// A folder that is removed when what is in it has been measured, or when that failed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn compared(store: &Store, data: &Path) -> Result<Comparison, Failure> {
    let folder = Temporary(data.join("compare"));
    // What an interrupted comparison left would be counted too.
    let _ = fs::remove_dir_all(&folder.0);
    fs::create_dir_all(&folder.0).map_err(|cause| Failure::file("write", &folder.0, &cause))?;
    Ok(store.compare(&folder.0, GROUP)?)
}

fn table(output: &mut impl Write, stats: &Stats, compared: Option<&Comparison>) -> io::Result<()> {
    let events = stats.events;
    writeln!(
        output,
        "{:<34} {:>12} {:>15} {:>10}",
        "", "entries", "bytes", "per event"
    )?;
    let mut line = |name: &str, entries: Option<u64>, bytes: u64| {
        let entries = entries.map_or_else(String::new, grouped);
        writeln!(
            output,
            "{name:<34} {entries:>12} {:>15} {:>10}",
            grouped(bytes),
            each(bytes, events)
        )
    };
    for table in &stats.tables {
        let bytes = table.stored_bytes + table.metadata_bytes + table.fragmented_bytes;
        line(&table.name, Some(table.entries), bytes)?;
    }
    line("the file, on disk", Some(events), stats.allocated_bytes)?;
    line("its length, with holes", None, stats.file_bytes)?;
    line("the events as JSON", None, stats.json_bytes)?;
    line("the events as plain binary", None, stats.binary_bytes)?;
    let [before, after] = stats.text_bytes;
    line("texts, before compression", None, before)?;
    line("texts, as they are stored", None, after)?;
    let [before, after] = stats.reference_bytes;
    line("keys and ids, 32 bytes each time", None, before)?;
    line("keys and ids, as they are stored", None, after)?;
    if let Some(compared) = compared {
        line(
            "JSON under 32-byte keys, on disk",
            None,
            compared.json_bytes,
        )?;
        line(
            "binary under 8-byte keys, on disk",
            None,
            compared.binary_bytes,
        )?;
    }
    Ok(())
}

/// Bytes for each event, with one decimal.
fn each(bytes: u64, events: u64) -> String {
    match events {
        0 => "–".to_owned(),
        _ => format!("{:.1}", bytes as f64 / events as f64),
    }
}
