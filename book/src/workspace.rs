//! What every command starts from: where the workbook is, what is in it, and how to build it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::Cargo;
use crate::catalogue::{Catalogue, Exercise};
use crate::error::Error;
use crate::terminal::Terminal;

/// A clone of the workbook.
pub struct Workbook {
    /// Its lessons and exercises.
    pub catalogue: Catalogue,
    /// Builds what is in it.
    pub cargo: Cargo,
}

impl Workbook {
    /// Opens the clone around the current folder.
    ///
    /// # Errors
    ///
    /// Where there is none, or info.toml is broken.
    pub fn open(terminal: &Terminal) -> Result<Self, Error> {
        let cargo = Cargo::find(terminal.has_colour())?;
        let catalogue = Catalogue::read(cargo.root())?;
        Ok(Self { catalogue, cargo })
    }

    /// Its root folder.
    pub fn root(&self) -> &Path {
        self.cargo.root()
    }

    /// The manifest that lists the exercises' binaries.
    pub fn manifest(&self) -> PathBuf {
        self.root().join("Cargo.toml")
    }

    /// Reads a file, named from the root folder.
    ///
    /// # Errors
    ///
    /// Where it can't be read as text.
    pub fn read(&self, path: &Path) -> Result<String, Error> {
        let path = self.root().join(path);
        fs::read_to_string(&path).map_err(Error::reading(&path))
    }

    /// Reads the learner's file.
    ///
    /// # Errors
    ///
    /// Where it can't be read, with the command that brings it back.
    pub fn read_exercise(&self, exercise: &Exercise) -> Result<String, Error> {
        let path = self.root().join(exercise.file());
        fs::read_to_string(&path).map_err(|source| {
            let (file, name) = (exercise.file(), &exercise.name);
            Error::Said(format!(
                "{} can't be read: {source}. `cargo workbook reset {name}` puts it back as it was shipped.",
                file.display()
            ))
        })
    }
}
