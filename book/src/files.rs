//! Reading the repository's files, with errors that name them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

/// A file or folder of the repository that can't be read.
#[derive(Debug, Error)]
#[error("{path} can't be read: {source}; it is part of the repository, so git can restore it")]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|source| FileError {
        path: path.to_owned(),
        source,
    })
}

/// A folder's files and folders, sorted.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let list = || -> io::Result<Vec<PathBuf>> {
        let mut paths = fs::read_dir(folder)?
            .map(|entry| entry.map(|it| it.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    };
    list().map_err(|source| FileError {
        path: folder.to_owned(),
        source,
    })
}

/// The last part of a path, where it is text.
pub(crate) fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
