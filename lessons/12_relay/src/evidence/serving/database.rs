//! What the database engine keeps of its file in memory, as its own setting says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use super::budget::{Row, mebibytes};
use super::live;
use crate::config;
use crate::event::Event;
use crate::filter::Filter;
use crate::generate::Generator;
use crate::query::{Query, QueryLimits};
use crate::store::{FILE_NAME, Scratch, Store, StoreError, StoreOptions, Train};

/// The file is several times as large as the smaller caches.
const EVENTS: usize = 6_000;

/// A folder that goes with its value.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A new one among the system's temporary files.
    pub fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Relaxed);
        let name = format!("heapwise-evidence-{}-{number}", process::id());
        Self(std::env::temp_dir().join(name))
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

fn options(cache_bytes: usize) -> StoreOptions {
    StoreOptions {
        cache_bytes,
        train: Train::Never,
        ..StoreOptions::default()
    }
}

/// A database of generated events, closed.
fn filled() -> Result<Folder, StoreError> {
    let folder = Folder::new();
    let store = Store::open(folder.path(), options(16 << 20))?;
    let mut batch = store.begin()?;
    for event in Generator::new(5).take(EVENTS) {
        batch.put(&event, 0)?;
    }
    batch.commit()?;
    drop(store);
    Ok(folder)
}

/// Opens it and reads every event, and says what the heap holds then.
fn read_all(folder: &Folder, cache_bytes: usize) -> Result<usize, StoreError> {
    let (store, bytes) = live(|| {
        let store = Store::open(folder.path(), options(cache_bytes))?;
        let everything: Arc<[Filter]> = Arc::new([Filter::default()]);
        let limits = QueryLimits {
            max_limit: EVENTS,
            default_limit: EVENTS,
        };
        let (mut event, mut scratch) = (Event::default(), Scratch::default());
        let mut query = Query::new(store.snapshot()?, everything, 0, &limits)?;
        while query.next(&mut event, &mut scratch)? {}
        Ok::<_, StoreError>(store)
    });
    store.map(|_| bytes)
}

/// The file, and what the heap holds when all of it was read through caches of several sizes.
struct Measured {
    file: usize,
    small: usize,
    medium: usize,
    large: usize,
    default: usize,
}

fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let measure = || {
            let folder = filled()?;
            let file = fs::metadata(folder.path().join(FILE_NAME))?;
            Ok::<_, StoreError>(Measured {
                file: file.len() as usize,
                small: read_all(&folder, 256 << 10)?,
                medium: read_all(&folder, 1 << 20)?,
                large: read_all(&folder, 16 << 20)?,
                default: read_all(&folder, budget())?,
            })
        };
        measure().expect("the temporary files take a small database")
    })
}

fn budget() -> usize {
    config::Settings::default().storage.database_cache
}

pub(super) fn file_bytes() -> String {
    mebibytes(measured().file)
}

pub(super) fn small() -> String {
    mebibytes(measured().small)
}

pub(super) fn medium() -> String {
    mebibytes(measured().medium)
}

pub(super) fn large() -> String {
    mebibytes(measured().large)
}

pub(super) fn cache() -> Row {
    Row {
        budget: budget(),
        measured: measured().default,
        said: budget(),
    }
}
