//! Everything that cargo is asked for. No other module starts cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde::Deserialize;

use crate::process::Program;
use crate::terminal::Terminal;

/// The package of the exercises and references.
const ROOT_PACKAGE: &str = "heapwise";

/// cargo, in the workbook's root folder.
#[derive(Debug)]
pub struct Cargo {
    root: PathBuf,
    target: PathBuf,
    colour: bool,
}

/// Binaries to build.
pub struct Job<'a> {
    /// The manifest that lists them.
    pub manifest: &'a Path,
    /// Their names.
    pub bins: Vec<String>,
    /// What to make of them.
    pub product: Product,
    /// With optimisation.
    pub release: bool,
    /// Features of the package to build them with, besides its default ones.
    pub features: &'a [String],
}

/// What is made of a binary's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// The program.
    Program,
    /// The program of an example.
    Example,
    /// The program that runs its tests.
    Tests,
    /// Nothing but what clippy says of the program.
    Lints,
    /// Nothing but what clippy says of the program and its tests.
    LintsOfTests,
}

/// What came of a [`Job`].
#[derive(Debug, Default)]
pub struct Built {
    /// The executables of those that compiled, by name.
    pub executables: BTreeMap<String, PathBuf>,
    /// What the compiler said, by name.
    pub messages: BTreeMap<String, Vec<Message>>,
}

/// A message of the compiler or of clippy.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whether it kept the binary from being built.
    pub is_error: bool,
    /// The name of the lint or error: `dead_code`, `clippy::needless_return`, `E0308`.
    pub code: Option<String>,
    /// The file that it is about, where it is about one.
    pub file: Option<PathBuf>,
    /// As the compiler prints it.
    pub rendered: String,
}

impl Built {
    /// The compiler's errors for a binary, as it prints them; `None` where there are none.
    pub fn errors(&self, name: &str) -> Option<String> {
        let messages = self.messages.get(name)?;
        let errors: Vec<_> = messages
            .iter()
            .filter(|message| message.is_error)
            .map(|message| message.rendered.trim_end())
            .collect();
        (!errors.is_empty()).then(|| errors.join("\n\n"))
    }

    /// Everything else that the compiler or clippy said about a binary.
    pub fn warnings(&self, name: &str) -> impl Iterator<Item = &Message> {
        let messages = self.messages.get(name).into_iter().flatten();
        messages.filter(|message| !message.is_error)
    }
}

/// Why cargo couldn't be asked, or couldn't answer.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// There is no cargo.
    #[error("cargo can't be started: {0}. Is Rust installed? See https://rustup.rs")]
    Missing(#[source] io::Error),
    /// It failed before it came to any of the binaries.
    #[error("{}", plainly(said))]
    Failed {
        /// What it printed.
        said: String,
    },
    /// It ended in the middle, or said something that isn't its JSON.
    #[error("cargo's answer can't be read: {0}. Try the command once more")]
    Unreadable(String),
}

/// The frequent reasons in plain words, with cargo's own below.
fn plainly(said: &str) -> String {
    let said = said.trim();
    let lower = said.to_lowercase();
    let contains_any = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    if contains_any(&[
        "permission denied",
        "read-only file system",
        "access is denied",
        "os error 30",
    ]) {
        return format!(
            "cargo can't write to the target folder. Make it writable, or name another with CARGO_TARGET_DIR.\n\n{said}"
        );
    }
    if contains_any(&[
        "is not installed for the toolchain",
        "no such command: `clippy`",
        "no such command: clippy",
    ]) {
        return format!("clippy is missing: rustup component add clippy\n\n{said}");
    }
    if contains_any(&["could not find `cargo.toml`"]) {
        return format!("Run this inside the clone of the workbook.\n\n{said}");
    }
    if contains_any(&[
        "attempting to make an http request",
        "couldn't resolve host",
        "could not resolve host",
    ]) {
        return format!(
            "Some crates aren't on this machine yet. Run `cargo fetch` once while connected.\n\n{said}"
        );
    }
    if contains_any(&["no space left on device"]) {
        return format!("The disk is full.\n\n{said}");
    }
    format!("cargo couldn't do its part:\n\n{said}")
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    CompilerMessage {
        target: Target,
        message: Diagnostic,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    code: Option<Code>,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    is_primary: bool,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

impl Cargo {
    /// Finds the workspace around the current folder.
    ///
    /// # Errors
    ///
    /// Where there is no cargo or no workspace.
    pub fn find(colour: bool) -> Result<Self, CargoError> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version=1", "--quiet"])
            .stdin(Stdio::null())
            .output()
            .map_err(CargoError::Missing)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(CargoError::Failed { said });
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .map_err(|error| CargoError::Unreadable(error.to_string()))?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            colour,
        })
    }

    /// The workbook's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that everything is built in.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Builds binaries in as few calls as possible. One that doesn't compile stops no other. The terminal shows `what` is
    /// being done, and what cargo waits for.
    ///
    /// # Errors
    ///
    /// Where cargo fails for a reason that lies in none of them.
    pub fn build(
        &self,
        job: &Job,
        terminal: &mut Terminal,
        what: &str,
    ) -> Result<Built, CargoError> {
        terminal.progress(&format!("{what}…"));
        let mut built = Built::default();
        let mut left: BTreeSet<String> = job.bins.iter().cloned().collect();
        let mut watched = Watched::new(terminal, what, job.bins.len());
        // `cargo test` gives up at the first binary that doesn't compile. The others are asked for again.
        while !left.is_empty() {
            let round = self.round(job, &left, &mut watched)?;
            let failed: Vec<_> = left
                .iter()
                .filter(|name| round.built.errors(name).is_some())
                .cloned()
                .collect();
            if !round.success && failed.is_empty() {
                return Err(CargoError::Failed { said: round.said });
            }
            for name in failed {
                left.remove(&name);
            }
            built.executables.extend(round.built.executables);
            built.messages.extend(round.built.messages);
            if round.success {
                break;
            }
        }
        Ok(built)
    }

    fn round(
        &self,
        job: &Job,
        bins: &BTreeSet<String>,
        watched: &mut Watched,
    ) -> Result<Round, CargoError> {
        let mut command = self.command(job, bins);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = Program::start(command).map_err(CargoError::Missing)?;
        let (send, heard) = mpsc::channel();
        let stdout = child.stdout().expect("it is piped");
        let stderr = child.stderr().expect("it is piped");
        pass_on(stdout, send.clone(), Heard::Answer);
        pass_on(stderr, send, Heard::Complaint);
        let (mut round, mut complaints) = (Round::default(), String::new());
        for line in heard {
            match line {
                Heard::Answer(line) => round.hear(&line, bins, &mut |name| watched.ready(name)),
                Heard::Complaint(line) => {
                    watched.says(&line);
                    complaints += &line;
                    complaints.push('\n');
                }
            }
        }
        let status = child
            .wait()
            .map_err(|error| CargoError::Unreadable(error.to_string()))?;
        round.success = status.success();
        // Errors in what the binaries are built from come first: they are why cargo failed.
        round.said += &complaints;
        Ok(round)
    }

    fn command(&self, job: &Job, bins: &BTreeSet<String>) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root);
        command.args(match job.product {
            Product::Program | Product::Example => &["build"][..],
            Product::Tests => &["test", "--no-run"],
            Product::Lints => &["clippy", "--no-deps"],
            Product::LintsOfTests => &["clippy", "--no-deps", "--profile=test"],
        });
        command.arg("--manifest-path").arg(job.manifest);
        // Without its name, cargo would look at all default members, and download what they are built with.
        if job.manifest == self.root.join("Cargo.toml") {
            command.args(["--package", ROOT_PACKAGE]);
        }
        command.arg("--target-dir").arg(&self.target);
        command.arg(if self.colour {
            "--message-format=json-diagnostic-rendered-ansi"
        } else {
            "--message-format=json"
        });
        if job.release {
            command.arg("--release");
        }
        if !job.features.is_empty() {
            command.arg("--features").arg(job.features.join(","));
        }
        let what = match job.product {
            Product::Example => "--example",
            _ => "--bin",
        };
        for name in bins {
            command.args([what, name]);
        }
        command
    }
}

/// A line that cargo wrote.
enum Heard {
    /// JSON, on standard output.
    Answer(String),
    /// What it does and what is wrong, on standard error.
    Complaint(String),
}

/// Passes lines on as they come, until there are no more.
fn pass_on(from: impl Read + Send + 'static, to: Sender<Heard>, heard: fn(String) -> Heard) {
    thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        // What can't be read isn't reported; the exit status still tells.
        while let Ok(1..) = lines.read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if to.send(heard(text)).is_err() {
                return;
            }
        }
    });
}

/// A build that somebody looks at.
struct Watched<'a> {
    terminal: &'a mut Terminal,
    what: &'a str,
    count: usize,
    ready: BTreeSet<String>,
    compiling: usize,
}

impl<'a> Watched<'a> {
    fn new(terminal: &'a mut Terminal, what: &'a str, count: usize) -> Self {
        Self {
            terminal,
            what,
            count,
            ready: BTreeSet::new(),
            compiling: 0,
        }
    }

    fn ready(&mut self, name: &str) {
        if self.ready.insert(name.to_owned()) && self.count > 1 {
            let (what, ready, count) = (self.what, self.ready.len(), self.count);
            self.terminal
                .tick(&format!("{what}: {ready} of {count}, {name}"));
        }
    }

    /// Shows what cargo does before it comes to the binaries.
    fn says(&mut self, line: &str) {
        let line = anstream::adapter::strip_str(line).to_string();
        let words = line.trim();
        let what = self.what;
        if words.starts_with("Blocking ") {
            self.terminal
                .progress(&format!("{what}: waiting, another cargo is building…"));
        } else if words.starts_with("Download") || words.starts_with("Updating ") {
            self.terminal
                .tick(&format!("{what}: {}…", words.to_lowercase()));
        } else if let Some(name) = words.strip_prefix("Compiling ") {
            self.compiling += 1;
            let (number, name) = (self.compiling, name.split(' ').next().unwrap_or(name));
            self.terminal
                .tick(&format!("{what}: compiling {name} ({number})…"));
        }
    }
}

/// `cargo workbook` is started by a cargo; that one is used.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[derive(Default)]
struct Round {
    built: Built,
    success: bool,
    said: String,
}

impl Round {
    fn hear(&mut self, line: &str, bins: &BTreeSet<String>, done: &mut impl FnMut(&str)) {
        match serde_json::from_str(line) {
            Ok(Line::CompilerArtifact { target, executable }) if bins.contains(&target.name) => {
                done(&target.name);
                if let Some(executable) = executable {
                    self.built.executables.insert(target.name, executable);
                }
            }
            Ok(Line::CompilerMessage { target, message }) => {
                let rendered = message.rendered.unwrap_or_default();
                let is_error = message.level.starts_with("error");
                let place = message.spans.into_iter().find(|span| span.is_primary);
                if bins.contains(&target.name) {
                    let messages = self.built.messages.entry(target.name).or_default();
                    messages.push(Message {
                        is_error,
                        code: message.code.map(|code| code.code),
                        file: place.map(|span| span.file_name),
                        rendered,
                    });
                } else if is_error {
                    self.said += &rendered;
                }
            }
            // cargo passes on what build scripts and tests print; that isn't JSON and isn't asked for.
            Ok(_) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(lines: &[&str]) -> Round {
        let mut round = Round::default();
        let bins = BTreeSet::from(["event_log".to_owned()]);
        for line in lines {
            round.hear(line, &bins, &mut |_| ());
        }
        round
    }

    const ERROR: &str = r#"{"reason":"compiler-message","target":{"name":"event_log"},
        "message":{"level":"error","code":{"code":"E0308"},"rendered":"error[E0308]: mismatched types\n"}}"#;

    #[test]
    fn errors_belong_to_their_binary() {
        let round = hear(&[ERROR, "not JSON"]);
        let errors = round.built.errors("event_log");
        assert_eq!(errors.as_deref(), Some("error[E0308]: mismatched types"));
        assert_eq!(round.built.errors("other"), None);
    }

    #[test]
    fn errors_in_a_dependency_are_cargos() {
        let round = hear(&[&ERROR.replace("event_log", "measuring")]);
        assert!(round.said.contains("E0308") && round.built.messages.is_empty());
    }

    #[test]
    fn executables_are_found() {
        let round = hear(&[
            r#"{"reason":"compiler-artifact","target":{"name":"event_log"},"executable":"/t/event_log"}"#,
            r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ]);
        assert_eq!(round.built.executables.len(), 1);
    }

    #[test]
    fn frequent_reasons_are_said_plainly() {
        assert!(plainly("error: Read-only file system (os error 30)").contains("CARGO_TARGET_DIR"));
        assert!(
            plainly("error: no such command: `clippy`").contains("rustup component add clippy")
        );
        assert!(plainly("error: something new").contains("something new"));
    }
}
