//! What can go wrong with the database, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::dictionary::DictionaryError;

/// Why the store can't do what it was asked to.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the database open.
    InUse(PathBuf),
    /// The file isn't a database of ours, or it is damaged.
    Damaged {
        /// The database file, where it is known.
        file: PathBuf,
        /// What was found.
        what: String,
    },
    /// Another version of the relay, or one made of other parts, wrote it.
    Foreign {
        /// The database file.
        file: PathBuf,
        /// What of it is different.
        what: String,
    },
    /// A record can't be read back.
    Corrupt(String),
    /// The file system refused.
    Io(std::io::Error),
    /// The database engine refused.
    Engine(redb::Error),
}

impl StoreError {
    /// What opening a file failed with, in the words of the one who wants it open.
    pub(crate) fn opening(file: &Path, error: redb::DatabaseError) -> Self {
        let file = file.to_path_buf();
        match redb::Error::from(error) {
            redb::Error::DatabaseAlreadyOpen => Self::InUse(file),
            redb::Error::Corrupted(what) => Self::Damaged { file, what },
            redb::Error::UpgradeRequired(version) => Self::Foreign {
                file,
                what: format!("its file format is version {version}"),
            },
            redb::Error::Io(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
                ) =>
            {
                Self::Damaged {
                    file,
                    what: error.to_string(),
                }
            }
            error => error.into(),
        }
    }

    /// Whether the disk has no room left, or gives this file no more of it: what was acknowledged is safe, and nothing more can be stored until there is.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io(error) if matches!(
            error.kind(),
            std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge
        ))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(file) => write!(
                to,
                "{} is in use by another process: stop it, or choose another data folder",
                file.display()
            ),
            Self::Damaged { file, what } => write!(
                to,
                "{} is damaged ({what}): restore a backup, or move it away and import an export of its events",
                file.display()
            ),
            Self::Foreign { file, what } => write!(
                to,
                "{} was made by another relay ({what}): open it with that one and export its events, \
                 or choose another data folder",
                file.display()
            ),
            Self::Corrupt(what) => write!(
                to,
                "a record can't be read ({what}): `relay check` lists all that is wrong"
            ),
            Self::Io(_) if self.is_disk_full() => {
                write!(
                    to,
                    "the disk is full: make room, then start the relay again"
                )
            }
            Self::Io(error) => write!(to, "the database file can't be read or written: {error}"),
            Self::Engine(error) => write!(
                to,
                "the database refused: {error}; restart the relay, and run `relay check` if it happens again"
            ),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Engine(error) => Some(error),
            _ => None,
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<super::record::Corrupt> for StoreError {
    fn from(corrupt: super::record::Corrupt) -> Self {
        Self::Corrupt(corrupt.to_string())
    }
}

impl From<DictionaryError> for StoreError {
    fn from(error: DictionaryError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Io(error) => Self::Io(error),
            redb::Error::Corrupted(what) => Self::Corrupt(what),
            error => Self::Engine(error),
        }
    }
}

macro_rules! from_engine {
    ($($error:ident)*) => {
        $(impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        })*
    };
}

from_engine!(StorageError TableError TransactionError CommitError CompactionError SetDurabilityError);
