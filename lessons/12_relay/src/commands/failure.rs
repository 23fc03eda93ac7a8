//! Why a command couldn't do what it was told, in words for whoever typed it.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use relay::config::ConfigError;
use relay::store::StoreError;

/// Statuses: 0 done, 1 it found or met something wrong, 2 it was told wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A sentence that says what happened and what to do.
    Met(String),
    /// The settings file is wrong.
    Told(String),
    /// The arguments are wrong, or were a request for help.
    Arguments(Box<clap::Error>),
}

impl Failure {
    pub(crate) fn met(text: impl Display) -> Self {
        Self::Met(text.to_string())
    }

    /// Reading or writing a file failed.
    pub(crate) fn file(what: &str, path: &Path, cause: &io::Error) -> Self {
        let advice = match cause.kind() {
            io::ErrorKind::NotFound => "check the path",
            io::ErrorKind::PermissionDenied => "check its permissions",
            io::ErrorKind::StorageFull => {
                "free some space on that disk, then start again: what was done is kept"
            }
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "see whether the disk is in order",
        };
        Self::Met(format!(
            "can't {what} {}: {cause}; {advice}",
            path.display()
        ))
    }

    /// Writing what was asked for failed.
    pub(crate) fn output(cause: &io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => {
                Self::met("whoever read the output closed it before the end")
            }
            io::ErrorKind::StorageFull => Self::met(
                "the disk is full: the output isn't complete; free some space and start again",
            ),
            _ => Self::met(format!("can't write the output: {cause}")),
        }
    }

    /// Says it on standard error.
    pub(crate) fn report(self) -> ExitCode {
        let (text, status) = match self {
            Self::Met(text) => (text, 1),
            Self::Told(text) => (text, 2),
            Self::Arguments(error) => {
                // Nobody is left to tell where this can't be written.
                let _ = error.print();
                return ExitCode::from(error.exit_code() as u8);
            }
        };
        let _ = writeln!(io::stderr(), "relay: {text}");
        ExitCode::from(status)
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Arguments(Box::new(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::met(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Told(error.to_string())
    }
}
