//! What can go wrong with the database, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::dictionary::DictionaryError;

/// Why the store can't do what it was asked to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the database open.
    #[error("{} is in use by another process: stop it, or choose another data folder", .0.display())]
    InUse(PathBuf),
    /// The file, if it is known, isn't a database of ours, or it is damaged, in this way.
    #[error(
        "{} is damaged ({what}): restore a backup, or move it away and import an export of its events",
        .file.display()
    )]
    #[allow(missing_docs)]
    Damaged { file: PathBuf, what: String },
    /// Another version of the relay, or one made of other parts, wrote the file: what of it is different.
    #[error(
        "{} was made by another relay ({what}): open it with that one and export its events, \
         or choose another data folder",
        .file.display()
    )]
    #[allow(missing_docs)]
    Foreign { file: PathBuf, what: String },
    /// A record can't be read back.
    #[error("a record can't be read ({0}): `relay check` lists all that is wrong")]
    Corrupt(String),
    /// The file system refused.
    #[error("{}", said(.0))]
    Io(#[from] io::Error),
    /// The database engine refused.
    #[error(
        "the database refused: {0}; restart the relay, and run `relay check` if it happens again"
    )]
    Engine(#[source] redb::Error),
}

fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "the disk is full: make room, then start the relay again".to_owned()
        }
        _ => format!("the database file can't be read or written: {error}"),
    }
}

impl StoreError {
    /// What opening a file failed with, in the words of the one who wants it open.
    pub(crate) fn opening(file: &Path, error: redb::DatabaseError) -> Self {
        let file = file.to_path_buf();
        match redb::Error::from(error) {
            redb::Error::DatabaseAlreadyOpen => Self::InUse(file),
            redb::Error::Corrupted(what) => Self::Damaged { file, what },
            redb::Error::UpgradeRequired(version) => {
                let what = format!("its file format is version {version}");
                Self::Foreign { file, what }
            }
            redb::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                let what = error.to_string();
                Self::Damaged { file, what }
            }
            error => error.into(),
        }
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
