//! Runs a program with a time limit.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// No more of an output than this is read: a test may print without end.
const MOST_OUTPUT: u64 = 4 << 20;

/// A folder for what programs write while they run. It is removed in the end.
#[derive(Debug)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes one under the target folder.
    ///
    /// # Errors
    ///
    /// Where the target folder can't be written.
    pub fn under(target: &Path) -> io::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = format!("run-{}-{number}", std::process::id());
        let path = target.join("workbook").join(folder);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // What is left over lies in the target folder, which `cargo clean` empties.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub complaints: String,
    /// How it ended; `None` where it was ended, because its time was up.
    pub status: Option<ExitStatus>,
}

/// Runs a program to its end, or until its time is up.
///
/// Its output goes through files: a program that was started by it may outlive it, and would keep a pipe open.
///
/// # Errors
///
/// Where it can't be started, or the folder can't be written.
pub fn run(command: &mut Command, limit: Duration, folder: &RunFolder) -> io::Result<Ran> {
    let (output, complaints) = (folder.file("stdout"), folder.file("stderr"));
    let child = command
        .stdin(Stdio::null())
        .stdout(File::create(&output)?)
        .stderr(File::create(&complaints)?)
        .spawn()?;
    let status = wait(child, limit)?;
    Ok(Ran {
        output: read(&output)?,
        complaints: read(&complaints)?,
        status,
    })
}

fn wait(mut child: Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    // Most tests take milliseconds; those that don't needn't be asked after that often.
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            end(&mut child)?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends a program, and the ones that it started as far as the system helps: a test may run in a process of its own.
pub fn end(child: &mut Child) -> io::Result<()> {
    let id = child.id().to_string();
    let mut command = if cfg!(windows) {
        let mut command = Command::new("taskkill");
        command.args(["/T", "/F", "/PID", &id]);
        command
    } else {
        let mut command = Command::new("pkill");
        command.args(["-KILL", "-P", &id]);
        command
    };
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Without that program, only the child itself is ended.
    let _ = quiet.status();
    // It may just have ended by itself.
    let _ = child.kill();
    child.wait().map(|_| ())
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    File::open(path)?.take(MOST_OUTPUT).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
