//! Runs programs within limits of time, memory and output, and leaves nothing of them behind.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// No more of an output than this is read: a test may print without end.
const MOST_OUTPUT: u64 = 4 << 20;
/// A learner's program may write files of so many bytes, its output among them.
const MOST_WRITTEN: u64 = 64 << 20;
/// A learner's program may take so many resident bytes, all that it starts included.
const MOST_MEMORY: u64 = 2 << 30;
/// How often its memory is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// The hidden command that sets these limits and then becomes the program.
pub const LIMITED: &str = "limited";

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
    /// How it ended.
    pub end: End,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Itself(ExitStatus),
    /// It was ended: its time was up.
    OutOfTime,
    /// It was ended: it had written more than [`MOST_WRITTEN`].
    WroteTooMuch,
    /// It was ended: it had taken more than [`MOST_MEMORY`].
    OutOfMemory,
}

impl End {
    /// Whether it ended by itself, and well.
    pub fn success(self) -> bool {
        matches!(self, Self::Itself(status) if status.success())
    }
}

/// Runs a program to its end, or until its time is up, or it has written or taken too much.
///
/// Its output goes through files: a program that was started by it may outlive it, and would keep a pipe open.
///
/// # Errors
///
/// Where it can't be started, or the folder can't be written.
pub fn run(mut command: Command, limit: Duration, folder: &RunFolder) -> io::Result<Ran> {
    let (output, complaints) = (folder.file("stdout"), folder.file("stderr"));
    command
        .stdin(Stdio::null())
        .stdout(File::create(&output)?)
        .stderr(File::create(&complaints)?);
    let mut program = Program::start(command)?;
    let start = Instant::now();
    let (mut memory, mut looked) = (Memory::of(program.id()), start);
    // Most tests take milliseconds; those that don't needn't be asked after that often.
    let mut pause = Duration::from_millis(1);
    let end = loop {
        if let Some(status) = program.try_wait()? {
            break End::Itself(status);
        }
        let written = |path| fs::metadata(path).map_or(0, |it| it.len());
        if written(&output).max(written(&complaints)) >= MOST_WRITTEN {
            break End::WroteTooMuch;
        }
        if looked.elapsed() > LOOK {
            looked = Instant::now();
            if memory.resident() > MOST_MEMORY {
                break End::OutOfMemory;
            }
        }
        if start.elapsed() > limit {
            break End::OutOfTime;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    drop(program);
    let mut ran = Ran {
        output: read(&output)?,
        complaints: read(&complaints)?,
        end,
    };
    // A program that is at its limit is ended by the system.
    if matches!(end, End::Itself(_)) && fs::metadata(&output)?.len() >= MOST_WRITTEN {
        ran.end = End::WroteTooMuch;
    }
    Ok(ran)
}

/// The memory of a program and of all that it started.
struct Memory {
    system: System,
    program: Pid,
}

impl Memory {
    fn of(program: u32) -> Self {
        Self {
            system: System::new(),
            program: Pid::from_u32(program),
        }
    }

    /// Resident bytes at this moment.
    fn resident(&mut self) -> u64 {
        let what = ProcessRefreshKind::nothing().with_memory().without_tasks();
        self.system
            .refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let processes = self.system.processes();
        let belongs = |process: &sysinfo::Process| {
            let parent = |pid: &Pid| processes.get(pid).and_then(|it| it.parent());
            let mut ancestors = std::iter::successors(Some(process.pid()), parent);
            ancestors.any(|pid| pid == self.program)
        };
        let own = processes.values().filter(|process| belongs(process));
        own.map(|process| process.memory()).sum()
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    File::open(path)?.take(MOST_OUTPUT).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A learner's program, to be started with a limit on the files that it writes where the system has such.
pub fn limited(program: &Path) -> Command {
    let workbook = std::env::current_exe().ok().filter(|_| cfg!(unix));
    match workbook {
        Some(workbook) => {
            let mut command = Command::new(workbook);
            command.arg(LIMITED).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// Sets the limits for this process, and becomes the program. Returns only where that fails.
#[cfg(unix)]
pub fn become_limited(program: &OsStr, arguments: &[impl AsRef<OsStr>]) -> io::Error {
    use rlimit::Resource;
    use std::os::unix::process::CommandExt;

    // What the system doesn't limit stays unlimited.
    let _ = Resource::FSIZE.set(MOST_WRITTEN, MOST_WRITTEN);
    let _ = Resource::CORE.set(0, 0);
    Command::new(program).args(arguments).exec()
}

/// Sets the limits for this process, and becomes the program. Returns only where that fails.
#[cfg(not(unix))]
pub fn become_limited(_: &OsStr, _: &[impl AsRef<OsStr>]) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

type Child = Arc<Mutex<Box<dyn ChildWrapper>>>;

/// The programs that run, for when the workbook itself is ended.
static RUNNING: Mutex<Vec<Child>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<Child>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all programs when the workbook is ended, by Ctrl-C or otherwise.
///
/// # Errors
///
/// Where the system refuses.
pub fn end_all_when_ended() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        for child in running().iter() {
            // It may just have ended by itself.
            let _ = locked(child).start_kill();
        }
        // `watch` reads keys; what comes after it reads lines again.
        let _ = crossterm::terminal::disable_raw_mode();
        // As shells have it: 128 and the number of SIGINT.
        std::process::exit(130);
    })
}

fn locked(child: &Child) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that runs, in a process group of its own (on Windows, in a job): what it starts is ended with it. Dropping it
/// ends it.
pub struct Program(Child);

impl Program {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// Where it can't be started.
    pub fn start(command: Command) -> io::Result<Self> {
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        // Nobody ends the workbook between the start and the note of it.
        let mut running = running();
        let child = Arc::new(Mutex::new(command.spawn()?));
        running.push(Arc::clone(&child));
        Ok(Self(child))
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        locked(&self.0).id()
    }

    /// Its standard input, where it is piped; once.
    pub fn stdin(&self) -> Option<ChildStdin> {
        locked(&self.0).stdin().take()
    }

    /// Its standard output, where it is piped; once.
    pub fn stdout(&self) -> Option<ChildStdout> {
        locked(&self.0).stdout().take()
    }

    /// Its standard error, where it is piped; once.
    pub fn stderr(&self) -> Option<ChildStderr> {
        locked(&self.0).stderr().take()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// Where the system doesn't say.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        locked(&self.0).try_wait()
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    ///
    /// Where the system doesn't say.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            // Not under the lock, which ending all of them needs, too.
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut child = locked(&self.0);
        // What it has started may run on, also where it has ended itself.
        let _ = child.start_kill();
        let _ = child.wait();
        drop(child);
        running().retain(|other| !Arc::ptr_eq(other, &self.0));
    }
}
