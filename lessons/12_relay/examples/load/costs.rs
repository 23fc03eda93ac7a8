//! What a relay's process and its folder take, as the system sees them.

use std::fs;
use std::io;
use std::path::Path;

use relay::store::allocated;
use serde::Serialize;

use super::client::LoadError;

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Memory {
    /// Heap and stacks in memory.
    pub rss_anon: u64,
    /// Pages of files in memory: the program, and what a database maps.
    pub rss_file: u64,
}

impl Memory {
    /// Of a process now (Linux).
    ///
    /// # Errors
    ///
    /// Where there is no such process, or no Linux.
    pub fn of(pid: u32) -> Result<Self, LoadError> {
        let path = format!("/proc/{pid}/status");
        let status = fs::read_to_string(path).map_err(|cause| LoadError::Process { pid, cause })?;
        let bytes = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kib * 1024)
        };
        match (bytes("RssAnon:"), bytes("RssFile:")) {
            (Some(rss_anon), Some(rss_file)) => Ok(Self { rss_anon, rss_file }),
            // A process that has ended and wasn't waited for has a status without them.
            _ => Err(LoadError::Process {
                pid,
                cause: io::Error::other("it has ended"),
            }),
        }
    }
}

/// What a folder takes on disk, in bytes.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Disk {
    /// Allocated to its files.
    pub allocated: u64,
    /// Of them since the events began to come in.
    pub grown: u64,
}

impl Disk {
    /// Of a folder, with all that is in it.
    ///
    /// # Errors
    ///
    /// Where it can't be read.
    pub fn of(folder: &Path) -> Result<Self, LoadError> {
        let allocated = allocated_in(folder).map_err(|cause| LoadError::Folder {
            folder: folder.to_owned(),
            cause,
        })?;
        Ok(Self {
            allocated,
            grown: 0,
        })
    }

    /// The same, and what it was before.
    pub fn since(self, before: Self) -> Self {
        Self {
            grown: self.allocated.saturating_sub(before.allocated),
            ..self
        }
    }
}

fn allocated_in(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = match entry.metadata() {
            // A database may remove a file at any moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            about => about?,
        };
        sum += match about.is_dir() {
            true => allocated_in(&entry.path())?,
            false => allocated(&about),
        };
    }
    Ok(sum)
}
