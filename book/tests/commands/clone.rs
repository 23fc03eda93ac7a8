//! A clone of a workbook that is as small as can be: one or two exercises, and a stand-in for the meter that needs
//! no other crate, so that a test takes seconds and no network.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

const MANIFEST: &str = r#"
[workspace]
members = ["lessons/01_measuring"]
resolver = "3"
[workspace.dependencies]
measuring = { path = "lessons/01_measuring" }
[package]
name = "heapwise"
edition = "2024"
autobins = false
[dependencies]
measuring.workspace = true
"#;

const METER_MANIFEST: &str =
    "[package]\nname = \"measuring\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n";

/// What the work returns is taken for what it costs.
const METER: &str = r##"
pub use core::prelude::v1::test;

pub struct Budget(&'static str, u64);

impl Budget {
    pub const fn of(name: &'static str) -> Self {
        Self(name, 0)
    }
    pub const fn allocations(self, most: u64) -> Self {
        Self(self.0, most)
    }
    pub const fn live(self, _: u64) -> Self {
        self
    }
    pub fn assert_holds(&self, work: impl FnOnce() -> u64) {
        let (name, most, spent) = (self.0, self.1, work());
        let within = spent <= most;
        if let Some(file) = std::env::var_os("HEAPWISE_VERDICTS") {
            use std::io::Write;
            let thread = std::thread::current();
            let test = thread.name().unwrap();
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
            let line = format!(
                r#"{{"test":"{test}","kind":"budget","budget":{{"exercise":"{name}","allocations":{most}}},"spent":{{"allocations":{spent},"bytes":8,"peak":8,"live":0}},"within":{within}}}"#
            );
            file.write_all((line + "\n").as_bytes()).unwrap();
        }
        assert!(within, "over budget: {name}");
    }
}
"##;

const INFO: &str =
    "format_version = 1\n[[lessons]]\ndir = \"01_measuring\"\ntitle = \"Measuring\"\n";

/// A clone in a folder of its own.
pub struct Clone {
    root: PathBuf,
}

impl Clone {
    /// A clone with exercises of these names, as shipped.
    pub fn with(test: &str, exercises: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        // What an earlier run left.
        let _ = fs::remove_dir_all(&root);
        let clone = Self { root };
        clone.write("lessons/01_measuring/Cargo.toml", METER_MANIFEST);
        clone.write("lessons/01_measuring/lib.rs", METER);
        let (mut manifest, mut info) = (MANIFEST.to_owned(), INFO.to_owned());
        for name in exercises {
            manifest += &format!(
                "[[bin]]\nname = \"{name}\"\npath = \"exercises/01_measuring/{name}.rs\"\ntest = false\n\
                 [[bin]]\nname = \"{name}_sol\"\npath = \"solutions/01_measuring/{name}.rs\"\n"
            );
            info += &format!(
                "[[exercises]]\nname = \"{name}\"\ndir = \"01_measuring\"\nkind = \"budget\"\n\
                 drills = \"Returning less.\"\ndifficulty = \"easy\"\nminutes = 3\nhint = \"\"\"\na nudge\n---\nthe way\n\"\"\"\n"
            );
            let starter = with_shipped(name, &answer("    // TODO: less\n    3"));
            clone.write(&exercise(name), &starter);
            clone.write(&trial(name, "starter"), &starter);
            clone.write(&solution(name), &with_shipped(name, &answer("    1")));
            clone.write(&trial(name, "wrong_nothing"), &answer("    0"));
            clone.write(&trial(name, "wasteful_two"), &answer("    2"));
            clone.write(&trial(name, "good_sum"), &answer("    0 + 1"));
        }
        clone.write("Cargo.toml", &manifest);
        clone.write("info.toml", &info);
        clone
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("it has a folder"))
            .expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("the file can be read")
    }

    /// Moves a file over another.
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.root.join(from), self.root.join(to)).expect("the file can be moved");
    }

    /// A command of git in this clone.
    pub fn git(&self, arguments: &[&str]) {
        let identity = [
            "-c",
            "user.name=Upstream",
            "-c",
            "user.email=upstream@localhost",
        ];
        let done = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(&self.root)
            .output();
        let done = done.expect("git can be started");
        assert!(done.status.success(), "git {arguments:?}: {done:?}");
    }

    /// Commits all files.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// A clone of this one, made by git.
    pub fn cloned(&self, test: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&root);
        let to = root.to_string_lossy();
        self.git(&["clone", "--quiet", ".", &to]);
        Self { root }
    }

    /// Dates a file so long ago.
    pub fn date(&self, path: &str, ago: Duration) {
        let file = File::options().append(true).open(self.root.join(path));
        let dated = file.and_then(|file| file.set_modified(SystemTime::now() - ago));
        dated.expect("the file can be dated");
    }

    /// Makes a file a link to another one.
    #[cfg(unix)]
    pub fn link(&self, to: &str, path: &str) {
        let (to, path) = (self.root.join(to), self.root.join(path));
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(to, path).expect("a link can be made");
    }

    /// Solves an exercise.
    pub fn solve(&self, name: &str) {
        self.write(&exercise(name), &self.read(&solution(name)));
    }

    /// A command of the workbook in this clone.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command
            .args(arguments)
            .current_dir(self.root.join("exercises"))
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("COLUMNS", "80")
            .env("NO_COLOR", "1")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// What a command of the workbook says and how it ends.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output();
        Said(output.expect("the workbook can be started"))
    }
}

/// What a command said.
pub struct Said(Output);

impl Said {
    /// Expects an exit code and some texts in what was said, in this order.
    #[track_caller]
    pub fn expect(&self, code: i32, texts: &[&str]) {
        let said = self.all();
        assert_eq!(self.0.status.code(), Some(code), "{said}");
        let mut rest = said.as_str();
        for text in texts {
            match rest.split_once(text) {
                Some((_, after)) => rest = after,
                None => panic!("{text:?} isn't said, or not in this place:\n{said}"),
            }
        }
    }

    /// Standard output.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Standard output, then standard error.
    pub fn all(&self) -> String {
        let (output, errors) = (&self.0.stdout, &self.0.stderr);
        String::from_utf8_lossy(output).into_owned() + &String::from_utf8_lossy(errors)
    }
}

/// The learner's file.
pub fn exercise(name: &str) -> String {
    format!("exercises/01_measuring/{name}.rs")
}

/// The reference.
pub fn solution(name: &str) -> String {
    format!("solutions/01_measuring/{name}.rs")
}

/// The starter or a trial.
pub fn trial(name: &str, file: &str) -> String {
    format!("book/trials/01_measuring/{name}/{file}.rs")
}

/// What stands above the line.
fn answer(body: &str) -> String {
    format!(
        "//! Return less, but something.\n\n#![forbid(unsafe_code)]\n\nfn work() -> u64 {{\n{body}\n}}\n"
    )
}

/// With what is shipped below the line.
fn with_shipped(name: &str, answer: &str) -> String {
    format!(
        r#"{answer}
// ---- Change nothing below this line. ----

const BUDGET: measuring::Budget = measuring::Budget::of("{name}").allocations(1).live(0);

fn main() {{
    BUDGET.assert_holds(work);
}}

#[cfg(test)]
mod tests {{
    use super::*;

    #[measuring::test]
    fn costs() {{
        BUDGET.assert_holds(work);
    }}

    #[measuring::test]
    fn returns() {{
        assert!(work() > 0, "work returned nothing");
    }}
}}
"#
    )
}
