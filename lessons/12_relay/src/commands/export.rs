//! `relay export`: events as JSONL, the oldest first.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use measuring::grouped;
use redb::ReadableTableMetadata;
use relay::event::{Event, PublicKey};
use relay::filter::Filter;
use relay::store::{Scratch, Snapshot, StoreError, Tid};

use super::lines::EventWriter;
use super::progress::{Progress, say};
use super::{Database, Failure, open_existing};

/// Write the events as JSON, one a line, the oldest first.
#[derive(Args)]
pub(crate) struct Export {
    /// File to write, or - for standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Only events of this kind; may be repeated
    #[arg(long, value_name = "KIND")]
    kind: Vec<u16>,
    /// Only events of this author (64 digits of hex); may be repeated
    #[arg(long, value_name = "PUBKEY", value_parser = author)]
    author: Vec<PublicKey>,
    /// Only events made at this time or later (seconds since 1970)
    #[arg(long, value_name = "SECONDS")]
    since: Option<u64>,
    /// Only events made at this time or earlier (seconds since 1970)
    #[arg(long, value_name = "SECONDS")]
    until: Option<u64>,
    #[command(flatten)]
    database: Database,
}

fn author(text: &str) -> Result<PublicKey, String> {
    text.parse()
        .map_err(|_| "a public key is 64 digits of lower-case hex (not npub…)".to_owned())
}

impl Export {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let storage = self.database.begin()?;
        let snapshot = open_existing(storage)?.snapshot()?;
        let filter = self.filter();
        let written = match self.file.as_os_str() == "-" {
            true => write(&snapshot, &filter, io::stdout().lock())?,
            false => {
                let failed = |cause| Failure::file("write", &self.file, &cause);
                write(
                    &snapshot,
                    &filter,
                    File::create(&self.file).map_err(failed)?,
                )?
            }
        };
        say(format_args!("{} events written", grouped(written)));
        Ok(ExitCode::SUCCESS)
    }

    fn filter(&self) -> Filter {
        let mut filter = Filter {
            kinds: (!self.kind.is_empty()).then(|| self.kind.clone()),
            authors: (!self.author.is_empty()).then(|| self.author.clone()),
            since: self.since,
            until: self.until,
            ..Filter::default()
        };
        filter.normalise();
        filter
    }
}

fn write(snapshot: &Snapshot, filter: &Filter, output: impl Write) -> Result<u64, Failure> {
    let mut output = EventWriter::to(output);
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let (mut seen, mut written) = (0, 0);
    let mut progress = Progress::new("export");
    let events = &snapshot.tables().events;
    let total = events.len().map_err(StoreError::from)?;
    let first = filter.since.map_or(Tid::FIRST, |since| Tid::new(since, 0));
    let last = filter
        .until
        .map_or(Tid::LAST, |until| Tid::new(until, u16::MAX));
    let places = if first <= last {
        Some(events.range(first.0..=last.0).map_err(StoreError::from)?)
    } else {
        None
    };
    for place in places.into_iter().flatten() {
        let (tid, _) = place.map_err(StoreError::from)?;
        snapshot.read(Tid(tid.value()), &mut event, &mut scratch)?;
        seen += 1;
        if !filter.matches(&event) {
            continue;
        }
        output.write(&event)?;
        written += 1;
        progress.set(seen, total, || format!("{} events", grouped(written)));
    }
    output.finish()?;
    Ok(written)
}
