//! What can keep a command from being carried out. Every message says what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::cargo::CargoError;
use crate::catalogue::CatalogueError;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The output can't be written; a closed pipe is one case of it.
    #[error("the output can't be written: {0}")]
    Terminal(#[from] io::Error),
    /// info.toml, or a name that isn't in it.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// cargo couldn't be run, or couldn't do its work.
    #[error(transparent)]
    Cargo(#[from] CargoError),
    /// A file of the workbook can't be read or written.
    #[error("{} can't be {action}: {source}{}", path.display(), remedy(source))]
    File {
        /// `read` or `written`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Anything that is said in a sentence and found in one place only.
    #[error("{0}")]
    Said(String),
}

impl Error {
    /// A file couldn't be read.
    pub fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::file("read", path)
    }

    /// A file or folder couldn't be written.
    pub fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::file("written", path)
    }

    fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}

fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ". Make the folder writable; if it is the target folder, CARGO_TARGET_DIR can name another"
        }
        io::ErrorKind::StorageFull => ". The disk is full",
        io::ErrorKind::NotFound => ". `git checkout` brings a file of the workbook back",
        _ => "",
    }
}
