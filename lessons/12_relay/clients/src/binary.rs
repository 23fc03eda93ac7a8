//! The relay as a process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A relay that listens on a free port and keeps its events in a folder of its own. It is asked to end when this is
/// dropped, and has to end well.
#[derive(Debug)]
pub struct Relay {
    process: Child,
    address: String,
    folder: TempDir,
}

impl Relay {
    /// Starts one with these flags.
    ///
    /// # Panics
    ///
    /// If it can't be built or doesn't serve.
    pub fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(built());
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("events"))
            .args(flags)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name == "RUST_LOG" || name.to_string_lossy().starts_with("RELAY_") {
                command.env_remove(name);
            }
        }
        let mut process = command.spawn().expect("the relay starts");
        let mut log = BufReader::new(process.stderr.take().expect("its log is piped")).lines();
        let address = log
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("ws://")?;
                rest.split_whitespace().next().map(str::to_owned)
            })
            .expect("it says where it serves");
        // Somebody has to read what it goes on to say.
        std::thread::spawn(move || log.map_while(Result::ok).for_each(drop));
        Self {
            process,
            address,
            folder,
        }
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks it to end, and waits until it has.
    #[cfg(unix)]
    fn ask_to_end(&mut self) -> bool {
        let asked = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()
            .is_ok_and(|status| status.success());
        let asked_at = Instant::now();
        while asked && asked_at.elapsed() < Duration::from_secs(20) {
            if let Ok(Some(status)) = self.process.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }

    /// There are no signals to ask with.
    #[cfg(not(unix))]
    fn ask_to_end(&mut self) -> bool {
        let _ = self.process.kill();
        let _ = self.process.wait();
        true
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if !self.ask_to_end() {
            let _ = self.process.kill();
            let _ = self.process.wait();
            if !std::thread::panicking() {
                panic!("the relay doesn't end well when it is asked to");
            }
        }
    }
}

/// The binary, built once in the profile of the tests. `RELAY_PARTS` names the features of a relay that is made of a
/// learner's parts: `RELAY_PARTS=yours cargo test -p relay-clients`.
fn built() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let profile = if cfg!(debug_assertions) {
            "dev"
        } else {
            "release"
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let parts = std::env::var("RELAY_PARTS").unwrap_or_default();
        let output = Command::new(cargo)
            .args(["build", "--quiet", "--package", "relay", "--bin", "relay"])
            .args(["--profile", profile, "--message-format", "json"])
            .args(["--features", &parts])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "the relay is built");
        let messages = String::from_utf8_lossy(&output.stdout);
        let executable = messages.lines().find_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            message["executable"].as_str().map(PathBuf::from)
        });
        executable.expect("cargo names the binary that it built")
    })
}
