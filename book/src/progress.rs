//! What a learner has done: which exercises are solved, how many hints were read.
//!
//! It is kept in `.heapwise/` in the root folder, which git ignores and `cargo clean` leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::catalogue::Exercise;
use crate::error::Error;
use crate::terminal::Terminal;
use crate::verdict::Heap;
use crate::workspace::Workbook;

const FOLDER: &str = ".heapwise";
const FILE: &str = "progress.json";

/// What a learner has done.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default)]
    exercises: BTreeMap<String, Done>,
    /// The exercise that was worked on last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Done {
    /// The fingerprint of the file that passed its tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    solved: Option<String>,
    /// The fingerprint of the file that was judged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    judged: Option<String>,
    /// How many hints were read.
    #[serde(default)]
    hints: usize,
    /// What each test's budget was spent on, when it was judged last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    costs: Costs,
}

/// What tests cost, by their names: which of a test's budgets was shown, and what it was spent on.
pub type Costs = BTreeMap<String, (usize, Heap)>;

/// What is known of an exercise without running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file as it is passed its tests.
    Solved,
    /// It passed, and was changed afterwards.
    ChangedSince,
    /// It never passed here.
    Open,
}

impl Progress {
    /// Reads a learner's progress. A broken file is set aside, and the learner told.
    ///
    /// # Errors
    ///
    /// Where there is a file that can't be read.
    pub fn read(workbook: &Workbook, terminal: &mut Terminal) -> Result<Self, Error> {
        let path = workbook.root().join(FOLDER).join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::reading(&path)(error)),
        };
        match serde_json::from_slice(&text) {
            Ok(progress) => Ok(progress),
            Err(error) => {
                let aside = keep_aside(workbook, &path, "progress.broken", "json")?;
                let _ = fs::remove_file(&path);
                terminal.tell(&format!(
                    "The progress file was broken ({error}) and is set aside as {}. `cargo workbook check` finds out \
                     again what is solved.",
                    aside.display()
                ));
                Ok(Self::default())
            }
        }
    }

    /// Writes it, all at once, so that a reader never sees half of it.
    fn write(&self, workbook: &Workbook) -> Result<(), Error> {
        let folder = workbook.root().join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::writing(&folder))?;
        let path = folder.join(FILE);
        let new = folder.join(format!("{FILE}.{}", std::process::id()));
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(&new, text + "\n").map_err(Error::writing(&new))?;
        fs::rename(&new, &path).map_err(Error::writing(&path))
    }

    /// What is known of an exercise whose file reads so.
    pub fn state(&self, exercise: &Exercise, text: &str) -> State {
        let done = self.exercises.get(&exercise.name);
        match done.and_then(|done| done.solved.as_deref()) {
            None => State::Open,
            Some(solved) if solved == fingerprint(text) => State::Solved,
            Some(_) => State::ChangedSince,
        }
    }

    /// Whether an exercise's file, as it reads, was judged before.
    pub fn is_judged(&self, exercise: &Exercise, text: &str) -> bool {
        let done = self.exercises.get(&exercise.name);
        done.and_then(|done| done.judged.as_deref()) == Some(&fingerprint(text))
    }

    /// The exercise that was worked on last.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// How many hints of an exercise were read.
    pub fn hints(&self, exercise: &Exercise) -> usize {
        self.exercises
            .get(&exercise.name)
            .map_or(0, |done| done.hints)
    }
}

/// Remembers whether an exercise's file, as it reads, is solved, and what its tests cost. Returns what they cost before.
///
/// # Errors
///
/// Where progress can't be read or written.
pub fn remember_verdict(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    text: &str,
    solved: bool,
    costs: Costs,
) -> Result<Costs, Error> {
    let mut before = Costs::new();
    change(workbook, terminal, exercise, |done| {
        done.solved = solved.then(|| fingerprint(text));
        done.judged = Some(fingerprint(text));
        // What didn't run, because the file doesn't compile, say, costs what it cost before.
        if !costs.is_empty() {
            before = std::mem::replace(&mut done.costs, costs);
        }
    })?;
    Ok(before)
}

/// Remembers which exercise is worked on.
///
/// # Errors
///
/// Where progress can't be read or written.
pub fn remember_place(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
) -> Result<(), Error> {
    let mut progress = Progress::read(workbook, terminal)?;
    progress.place = Some(exercise.name.clone());
    progress.write(workbook)
}

/// Remembers how many hints of an exercise were read.
///
/// # Errors
///
/// Where progress can't be read or written.
pub fn remember_hints(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    hints: usize,
) -> Result<(), Error> {
    change(workbook, terminal, exercise, |done| done.hints = hints)
}

fn change(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    change: impl FnOnce(&mut Done),
) -> Result<(), Error> {
    // Read again: another terminal may have written meanwhile.
    let mut progress = Progress::read(workbook, terminal)?;
    change(progress.exercises.entry(exercise.name.clone()).or_default());
    progress.write(workbook)
}

/// Copies a file into the progress folder under a name that isn't taken, and returns that.
///
/// # Errors
///
/// Where it can't be copied.
pub fn keep_aside(
    workbook: &Workbook,
    file: &Path,
    stem: &str,
    extension: &str,
) -> Result<PathBuf, Error> {
    let folder = Path::new(FOLDER).join("kept");
    let absolute = workbook.root().join(&folder);
    fs::create_dir_all(&absolute).map_err(Error::writing(&absolute))?;
    let free = (1..)
        .map(|number| format!("{stem}.{number}.{extension}"))
        .find(|name| !absolute.join(name).exists())
        .expect("there is always a next number");
    let kept = absolute.join(&free);
    fs::copy(file, &kept).map_err(Error::writing(&kept))?;
    Ok(folder.join(free))
}

/// Tells one text from another. Where a new compiler brings another hash, exercises are checked once more.
fn fingerprint(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_after_solving_is_noticed() {
        let done = Done {
            solved: Some(fingerprint("fn main() {}")),
            hints: 1,
            ..Done::default()
        };
        let progress = Progress {
            exercises: BTreeMap::from([("event_log".to_owned(), done)]),
            place: None,
        };
        let exercise = exercise("event_log");
        assert_eq!(progress.state(&exercise, "fn main() {}"), State::Solved);
        assert_eq!(
            progress.state(&exercise, "fn main() { }"),
            State::ChangedSince
        );
        assert_eq!(progress.state(&self::exercise("other"), ""), State::Open);
        assert_eq!(progress.hints(&exercise), 1);
    }

    #[test]
    fn it_survives_the_way_to_disk_and_words_of_later_versions() {
        let text = r#"{"exercises":{"event_log":{"hints":2,"stars":5}},"version":9}"#;
        let progress: Progress = serde_json::from_str(text).expect("unknown words are passed over");
        let again = serde_json::to_string(&progress).expect("it is JSON");
        assert_eq!(again, r#"{"exercises":{"event_log":{"hints":2}}}"#);
    }

    fn exercise(name: &str) -> Exercise {
        toml::from_str(&format!(
            "name = {name:?}\ndir = '02_x'\nkind = 'budget'\ndrills = ''\nhint = ''"
        ))
        .expect("it is an exercise")
    }
}
