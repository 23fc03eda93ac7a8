//! A relay that runs: where it listens, what it counts, and how it ends.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::process::Program;

/// A relay opens a new database and a port in milliseconds.
const TO_START: Duration = Duration::from_secs(20);
/// Its own grace period is 5 seconds.
const TO_END: Duration = Duration::from_secs(15);

/// What to start, and where it leaves what it keeps.
pub struct Start<'a> {
    /// What it is called in messages.
    pub name: &'a str,
    /// The binary.
    pub program: &'a Path,
    /// A folder that doesn't exist yet.
    pub data: &'a Path,
    /// Where it logs to.
    pub log: &'a Path,
    /// Whether it counts its heap.
    pub count_heap: bool,
}

/// A relay's process. Dropping it ends the process at once.
pub struct Running {
    name: String,
    child: Program,
    address: SocketAddr,
    log: PathBuf,
}

impl Running {
    /// Starts a relay on a free port of this machine, and waits until it serves.
    ///
    /// # Errors
    ///
    /// Where it doesn't come that far.
    pub fn start(start: &Start) -> Result<Self, Error> {
        let log = File::create(start.log).map_err(Error::writing(start.log))?;
        let mut command = Command::new(start.program);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--log", "info", "--log-format", "json"])
            .args([
                "--count-heap",
                if start.count_heap { "true" } else { "false" },
            ])
            .arg("--data")
            .arg(start.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        // Both relays have their defaults, whatever the shell has set for another.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RELAY_") {
                command.env_remove(name);
            }
        }
        let child = Program::start(command).map_err(Error::reading(start.program))?;
        let mut running = Self {
            name: start.name.to_owned(),
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            log: start.log.to_owned(),
        };
        running.address = running.serving()?;
        Ok(running)
    }

    fn serving(&mut self) -> Result<SocketAddr, Error> {
        let started = Instant::now();
        loop {
            let log = fs::read_to_string(&self.log).map_err(Error::reading(&self.log))?;
            if let Some(address) = address_in(&log) {
                return Ok(address);
            }
            let ended = self.child.try_wait().map_err(Error::reading(&self.log))?;
            if ended.is_some() || started.elapsed() > TO_START {
                return Err(self.failed("it doesn't begin to serve"));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where clients connect.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it says of itself and counts, at this moment.
    ///
    /// # Errors
    ///
    /// Where it doesn't answer.
    pub fn metrics(&self) -> Result<Metrics, Error> {
        let text = get(self.address, "/metrics");
        let text = text.map_err(|error| self.failed(&format!("its metrics: {error}")))?;
        Metrics::read(&text).ok_or_else(|| self.failed("its metrics don't say what it is made of"))
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    ///
    /// Where it doesn't end in good order.
    pub fn end(mut self) -> Result<(), Error> {
        let id = self.child.id().to_string();
        // Without `kill` or a wish to end, dropping it ends it.
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if !cfg!(unix) || !asked.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        let started = Instant::now();
        while started.elapsed() < TO_END {
            let ended = self.child.try_wait().map_err(Error::reading(&self.log))?;
            match ended {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.failed(&format!("it ended with {status}"))),
                None => thread::sleep(Duration::from_millis(5)),
            }
        }
        Err(self.failed("it was asked to end, and didn't"))
    }

    /// The sentence that names the relay, what is wrong with it, and where to look.
    pub fn failed(&self, reason: &str) -> Error {
        Error::Said(format!(
            "{} failed under load: {reason}. Its log is {}.",
            self.name,
            self.log.display()
        ))
    }
}

/// Reads `… "clients":"ws://127.0.0.1:40123" …`.
fn address_in(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once("ws://")?;
    let end = rest.find(|it: char| !(it.is_ascii_digit() || it == '.' || it == ':'))?;
    rest[..end].parse().ok()
}

fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(TO_START))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes())?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    Ok(answer)
}

/// What a relay says of itself and has counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// What it is made of.
    pub parts: String,
    /// Allocations so far; 0 where they aren't counted.
    pub allocations: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Metrics {
    fn read(text: &str) -> Option<Self> {
        let find = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
        let count = |name| find(name).and_then(|value| value.trim().parse().ok());
        let parts = find("relay_info{parts=\"")?;
        Some(Self {
            parts: parts.split('"').next()?.to_owned(),
            allocations: count("relay_heap_allocations_total ").unwrap_or(0),
            bytes: count("relay_heap_bytes_total ").unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_once_its_line_is_whole() {
        let line = r#"{"fields":{"message":"serving","clients":"ws://127.0.0.1:4012"#;
        assert_eq!(address_in(line), None, "the rest may be to come");
        let address = address_in(&format!("{line}3\"}}}}\n"));
        assert_eq!(address, Some(SocketAddr::from(([127, 0, 0, 1], 40_123))));
        assert_eq!(address_in("relay: the port is taken"), None);
    }

    #[test]
    fn metrics_are_found_by_name() {
        let text = "HTTP/1.1 200 OK\r\n\r\n# TYPE relay_info gauge\nrelay_info{parts=\"hex_ids varints\"} 1\n\
                    relay_heap_allocations_total 12\nrelay_heap_bytes_total 3456\n";
        let metrics = Metrics::read(text).unwrap();
        assert_eq!(metrics.parts, "hex_ids varints");
        assert_eq!((metrics.allocations, metrics.bytes), (12, 3456));
        assert_eq!(Metrics::read("HTTP/1.1 404 Not Found"), None);
    }
}
