//! Where an interrupted import was: a small file beside the database.
//!
//! It is written after each durable write and names the last one at the latest, so an import that continues meets at
//! most a few events again, and skips them as duplicates.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::lines::Input;

pub(crate) struct Resume {
    note: PathBuf,
    /// What is imported; nothing for standard input, which can't be read from its middle.
    file: Option<Identity>,
}

/// A file with another length or time is another file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    file: Identity,
    offset: u64,
    line: u64,
}

impl Resume {
    pub(crate) fn of(data: &Path, input: &Input) -> Self {
        let file = match input {
            Input::Stdin(_) => None,
            Input::File(path, file, length) => Some(Identity {
                path: fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
                length: *length,
                modified: file.metadata().and_then(|about| about.modified()).ok(),
            }),
        };
        Self {
            note: data.join("import.json"),
            file,
        }
    }

    /// The byte and the number of lines before it, if an import of this very file was interrupted; otherwise zeros.
    pub(crate) fn place(&self) -> (u64, u64) {
        let note = fs::read(&self.note).ok();
        let note = note.and_then(|note| serde_json::from_slice::<Note>(&note).ok());
        match note {
            Some(note) if Some(&note.file) == self.file.as_ref() => (note.offset, note.line),
            _ => (0, 0),
        }
    }

    /// All before this place is stored.
    pub(crate) fn note(&self, offset: u64, line: u64) {
        let Some(file) = self.file.clone() else {
            return;
        };
        let note = Note { file, offset, line };
        // Where it can't be written, an interrupted import begins anew and skips what is there: slower, not wrong.
        if let Ok(text) = serde_json::to_vec(&note) {
            // Renamed when it is whole, so that an import that is killed here leaves the note before.
            let whole = self.note.with_extension("new");
            let _ = fs::write(&whole, text).and_then(|()| fs::rename(&whole, &self.note));
        }
    }

    /// The import is complete.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(&self.note);
    }
}
