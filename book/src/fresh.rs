//! Whether a program was built from the text that is in a file now.
//!
//! cargo goes by the time of the last change. A file that was moved in, restored or unpacked can be older than the program
//! that was built from another text, and cargo would take that program for fresh. So the text is kept beside the name of
//! its program; where either is another one, the file is dated anew before cargo looks at it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What a program was built from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    /// The file: a target folder may be shared by several clones.
    file: PathBuf,
    /// What it said.
    text: String,
    program: PathBuf,
    /// When the program was written, in nanoseconds since 1970: another command may have built another one since.
    written: u128,
}

/// A program that is built from one file.
pub struct Source {
    record: PathBuf,
    file: PathBuf,
}

impl Source {
    /// The program called `name`, built from `file` into `target`.
    pub fn of(target: &Path, name: &str, file: PathBuf) -> Self {
        let record = target.join("workbook").join("built").join(name);
        Self {
            record: record.with_extension("json"),
            file,
        }
    }

    /// Sees to it that cargo builds the program anew, unless it is known to come from this text.
    ///
    /// # Errors
    ///
    /// Where the file can't be dated anew.
    pub fn before_build(&self, text: &str) -> Result<(), Error> {
        if self.is_fresh(text) {
            return Ok(());
        }
        let dated = File::options()
            .append(true)
            .open(&self.file)
            .and_then(|file| file.set_modified(SystemTime::now()));
        dated.map_err(Error::writing(&self.file))
    }

    /// Notes what the program was built from.
    pub fn after_build(&self, text: &str, program: &Path) {
        let record = Record {
            file: self.file.clone(),
            text: text.to_owned(),
            program: program.to_path_buf(),
            written: written(program).unwrap_or_default(),
        };
        // Where it can't be noted, the file is dated anew next time.
        let folder = self.record.parent().unwrap_or(Path::new("."));
        let _ = fs::create_dir_all(folder);
        let _ = fs::write(
            &self.record,
            serde_json::to_vec(&record).unwrap_or_default(),
        );
    }

    fn is_fresh(&self, text: &str) -> bool {
        let record = fs::read(&self.record).ok();
        let record = record.and_then(|json| serde_json::from_slice::<Record>(&json).ok());
        record.is_some_and(|record| {
            record.file == self.file
                && record.text == text
                && written(&record.program) == Some(record.written)
        })
    }
}

fn written(program: &Path) -> Option<u128> {
    let written = fs::metadata(program).and_then(|it| it.modified()).ok()?;
    let since = written.duration_since(UNIX_EPOCH).ok()?;
    Some(since.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A folder of its own for a test.
    fn folder(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("heapwise-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("it can be made");
        folder
    }

    #[test]
    fn a_file_is_dated_anew_unless_its_program_is_known() {
        let folder = folder("fresh");
        let (file, program) = (folder.join("a.rs"), folder.join("a"));
        fs::write(&file, "one").expect("it can be written");
        fs::write(&program, "built from one").expect("it can be written");
        let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let date = || {
            let file = File::options()
                .append(true)
                .open(&file)
                .expect("it is there");
            file.set_modified(long_ago).expect("it can be dated");
        };
        let is_dated_anew = |source: &Source, text: &str| {
            date();
            source.before_build(text).expect("it can be dated");
            let modified = fs::metadata(&file).and_then(|it| it.modified());
            modified.expect("it has a date") != long_ago
        };
        let source = Source::of(&folder, "a", file.clone());
        assert!(is_dated_anew(&source, "one"), "nothing is known");
        source.after_build("one", &program);
        assert!(!is_dated_anew(&source, "one"));
        assert!(is_dated_anew(&source, "two"), "another text");
        let elsewhere = Source::of(&folder, "a", folder.join("a.rs").join("..").join("a.rs"));
        assert!(!elsewhere.is_fresh("one"), "another clone's file");
        // Another command built the program from another text.
        std::thread::sleep(Duration::from_millis(20));
        fs::write(&program, "built from two").expect("it can be written");
        assert!(is_dated_anew(&source, "one"), "another program");
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
