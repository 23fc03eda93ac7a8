//! `relay compact` and `relay check`.

use std::process::ExitCode;

use clap::Args;
use measuring::grouped;
use relay::store::Store;

use super::progress::{Progress, say};
use super::{Database, Failure, existing, open, options};

/// Write the database anew: in order, under a new dictionary, without what nothing refers to.
#[derive(Args)]
pub(crate) struct Compact {
    #[command(flatten)]
    database: Database,
}

/// Read every event back, compute its id, and compare the indexes with the events both ways.
///
/// The status is 0 where all is well, and 1 where something is wrong.
#[derive(Args)]
pub(crate) struct Check {
    /// Check signatures too, which takes far longer
    #[arg(long)]
    signatures: bool,
    #[command(flatten)]
    database: Database,
}

impl Compact {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let storage = self.database.begin()?;
        existing(storage)?;
        let mut progress = Progress::new("compact");
        let done = Store::compact(&storage.data, options(storage), &mut |step| {
            let detail = || {
                format!(
                    "{}, {} of {} events",
                    step.doing,
                    grouped(step.done),
                    grouped(step.of)
                )
            };
            progress.set(step.done, step.of, detail);
        })?;
        drop(progress);
        say(format_args!(
            "{} events: {} bytes on disk before, {} after; {} values before, {} after",
            grouped(done.events),
            grouped(done.before),
            grouped(done.after),
            grouped(done.values_before),
            grouped(done.values_after),
        ));
        Ok(ExitCode::SUCCESS)
    }
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let storage = self.database.begin()?;
        existing(storage)?;
        let mut options = options(storage);
        options.verify_file = true;
        let store = open(storage, options)?;
        let mut progress = Progress::new("check");
        let report = store.check(self.signatures, &mut |done, of| {
            progress.set(done, of, || {
                format!("{} of {} events", grouped(done), grouped(of))
            });
        })?;
        drop(progress);
        say(format_args!(
            "{} events, {} keys, {} values were compared",
            grouped(report.events),
            grouped(report.keys),
            grouped(report.values)
        ));
        for finding in &report.findings {
            say(format_args!("  {}: {}", finding.what, finding.advice));
        }
        let wrong = report.findings.len() as u64 + report.more;
        if wrong > 0 {
            return Err(Failure::met(format_args!(
                "{} findings: see above for what to do",
                grouped(wrong)
            )));
        }
        say(format_args!("all is well"));
        Ok(ExitCode::SUCCESS)
    }
}
