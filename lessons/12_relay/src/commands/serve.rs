//! `relay serve`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{ArgMatches, Args};
use relay::config::{self, Settings};

use super::{Failure, Source};

/// Serve clients.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    source: Source,
    /// Print the settings that are in force as a commented settings file, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    pub(crate) fn run(self, flags: &ArgMatches) -> Result<ExitCode, Failure> {
        if self.print_config {
            let file = config::commented(&config::command(), flags);
            io::stdout()
                .write_all(file.as_bytes())
                .map_err(|cause| Failure::output(&cause))?;
            return Ok(ExitCode::SUCCESS);
        }
        let _ = self.source;
        Err(Failure::met("serving comes with the server"))
    }
}
