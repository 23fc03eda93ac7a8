//! `relay generate`: realistic events of our own making, the same for a seed on every machine.

use std::io;
use std::process::ExitCode;

use clap::Args;
use measuring::grouped;
use relay::generate::{Generator, Options};

use super::lines::EventWriter;
use super::progress::Progress;
use super::{Failure, Source};

/// Make realistic signed events and write them as JSON, one a line.
#[derive(Args)]
pub(crate) struct Generate {
    /// How many
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    events: u64,
    /// Which ones: the same seed makes the same events
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    pub source: Source,
}

impl Generate {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let options = Options {
            signed: true,
            ..Options::default()
        };
        let mut output = EventWriter::to(io::stdout().lock());
        let mut progress = Progress::new("generate");
        let events = Generator::with(self.seed, options);
        for (made, event) in (1..=self.events).zip(events) {
            output.write(&event)?;
            progress.set(made, self.events, || format!("{} events", grouped(made)));
        }
        output.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}
