//! Counts instructions, where valgrind is there to do it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{self, RunFolder};

/// Callgrind is some fifty times slower than the program.
const LIMIT: Duration = Duration::from_secs(120);

/// Why no instructions can be counted here, and what to do about it; `None` where they can.
pub fn missing() -> Option<&'static str> {
    if cfg!(windows) {
        return Some("Instructions are not counted: there is no valgrind for Windows.");
    }
    if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        return Some(
            "Instructions are not counted: there is no valgrind for macOS on Apple Silicon.",
        );
    }
    let started = Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match started {
        Ok(_) => None,
        Err(_) => Some(
            "Instructions are not counted: valgrind is missing. Debian, Ubuntu: apt install valgrind; Fedora: dnf \
             install valgrind.",
        ),
    }
}

/// The instructions of one run of an exercise's work; `None` where valgrind can't make sense of the program.
///
/// # Errors
///
/// Where valgrind can't be started.
pub fn count(program: &Path, folder: &RunFolder) -> io::Result<Option<i64>> {
    let mut command = Command::new("valgrind");
    command
        .arg("--tool=callgrind")
        .arg("--toggle-collect=*instructions_are_counted_here*")
        .arg(format!(
            "--callgrind-out-file={}",
            folder.file("callgrind").display()
        ))
        .arg(program)
        .arg("--once");
    let ran = process::run(command, LIMIT, folder)?;
    Ok(collected(&ran.complaints).filter(|_| ran.end.success()))
}

/// Reads `==4711== Collected : 12345`.
fn collected(said: &str) -> Option<i64> {
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    line.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn callgrinds_summary_is_read() {
        let said = "==1== Callgrind, a call-graph generating cache profiler\n==1== Events    : Ir\n\
                    ==1== Collected : 381774\n==1== \n==1== I   refs:      381,774\n";
        assert_eq!(collected(said), Some(381_774));
        assert_eq!(collected("valgrind: failed to start"), None);
    }
}
