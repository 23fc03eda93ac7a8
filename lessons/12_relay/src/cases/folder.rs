//! Where measured databases are.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::{env, fs, process};

/// A folder that goes with its value, among the system's temporary files.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// One that nobody has; whoever puts something there makes it.
    pub fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Relaxed);
        let name = format!("heapwise-{}-{number}", process::id());
        Self(env::temp_dir().join(name))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed stays behind among the temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
