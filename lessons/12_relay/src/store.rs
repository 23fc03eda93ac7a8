//! Keeps events in one database file, in few bytes.
//!
//! An event is a [`record`] in the table of events and a handful of short keys in the tables that lead to it:
//! [`tables`] names them all. One [`Batch`] at a time gathers what changes and applies it in one durable transaction;
//! any number of [`Snapshot`]s read meanwhile what the last one left.

pub(crate) mod changes;
pub mod dictionary;
mod drafts;
mod error;
pub(crate) mod meta;
#[cfg(any(not(feature = "value_table"), test))]
mod new_values;
mod read;
#[cfg_attr(feature = "record_fields", allow(dead_code))]
pub mod record;
mod rules;
pub mod strings;
pub mod tables;
#[cfg(test)]
mod tests;
pub(crate) mod training;
#[cfg_attr(
    all(feature = "serial_cache", not(test)),
    path = "store/value_cache_part.rs"
)]
mod value_cache;
pub mod values;
mod write;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redb::{Database, ReadableDatabase, ReadableTable};

pub use self::drafts::{Drafter, Drafts};
pub use self::error::StoreError;
pub use self::read::{Scratch, Snapshot};
pub use self::tables::{Serial, Tables, Tid};
pub use self::write::{Batch, Commit, Put};

use self::dictionary::{Dictionaries, Dictionary, LEVEL};
use self::meta::Meta;
use self::training::Training;
use self::value_cache::ValueCache;
use self::values::Secret;
use self::write::Workshop;
use crate::vocabulary::{seed, words};
use crate::{lock, parts};

/// The database file in a data folder.
pub const FILE_NAME: &str = "events.redb";

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// What the database engine may keep of the file in memory, in bytes, read or to be written.
    pub cache_bytes: usize,
    /// What the cache of public keys and referenced ids may take, in bytes.
    pub value_cache_bytes: usize,
    /// What this relay is called by its clients: requests to vanish (NIP-62) that name one of these are for it.
    pub relay_urls: Vec<String>,
    /// Whether commits record which pages are free, which makes them slower and opening after a crash quick.
    pub quick_repair: bool,
    /// When dictionaries are trained.
    pub train: Train,
    /// Whether to compare the whole file with its checksums before anything else.
    pub verify_file: bool,
    /// Which parts this relay is made of: a database made by others is refused.
    pub parts: String,
}

/// When dictionaries are trained on the database's own events: at 256, 1,024, 4,096 and so on of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Train {
    /// On a thread of its own, while events are stored.
    Beside,
    /// Before the next batch: for programs that only import, and for tests.
    Between,
    /// Never.
    Never,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 3 << 20,
            value_cache_bytes: 512 << 10,
            relay_urls: Vec::new(),
            quick_repair: false,
            train: Train::Beside,
            verify_file: false,
            parts: parts::made_of(),
        }
    }
}

/// The database, open.
///
/// ```
/// use relay::event::Event;
/// use relay::store::{Put, Store, StoreOptions};
///
/// let folder = tempfile::tempdir()?;
/// let store = Store::open(folder.path(), StoreOptions::default())?;
///
/// let mut event = Event::default();
/// event.kind = 1;
/// event.push_content("hello");
/// event.id = event.canonical_id();
///
/// let mut batch = store.begin()?;
/// let Put::Stored(tid) = batch.put(&event, 0)? else { panic!("it is new") };
/// assert!(matches!(batch.put(&event, 0)?, Put::Duplicate));
/// batch.commit()?; // now it is on disk
///
/// let mut same = Event::default();
/// assert!(store.snapshot()?.read(tid, &mut same, &mut Default::default())?);
/// assert_eq!(same, event);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Store {
    shared: Arc<Shared>,
    /// Waits for its thread when the store is dropped: then the file is closed.
    training: Training,
}

/// What batches, snapshots and training have in common.
pub(crate) struct Shared {
    database: Database,
    file: PathBuf,
    options: StoreOptions,
    pub(crate) hashes: Secret,
    /// All that records are compressed under.
    dictionaries: Arc<Dictionaries>,
    /// The newest of them, made ready to compress under when that is first asked for.
    newest: Mutex<Option<Dictionary>>,
    /// Public keys and referenced ids that were asked for lately, of what is committed.
    cache: ValueCache,
    /// The tables as the last commit left them, opened once.
    current: Mutex<Option<Arc<Tables>>>,
    /// Places that were freed lately: none is given out again soon, for somebody may still remember what was there.
    freed: Mutex<BTreeSet<Tid>>,
    /// The writer's buffers, while no batch has them.
    workshop: Mutex<Option<Box<Workshop>>>,
}

impl Store {
    /// Opens the database of a data folder, and creates both where there are none.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] where another process has it open, [`StoreError::Damaged`] where the file can't be read,
    /// [`StoreError::Foreign`] where another version wrote it or one made of other parts.
    pub fn open(folder: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join(FILE_NAME);
        let database = guarded(&file, || open_database(&file, &options))?;
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
        Self::over(database, file, options, secret)
    }

    /// Takes a database that is open. One without any tables gets them now, and the secret for its short hashes.
    pub(crate) fn over(
        database: Database,
        file: PathBuf,
        options: StoreOptions,
        secret: [u8; 16],
    ) -> Result<Self, StoreError> {
        let meta = guarded(&file, || {
            Meta::read_or_create(&database, &file, &options, secret)
        })?;
        let cache =
            ValueCache::with_budget(options.value_cache_bytes.max(4096)).map_err(|error| {
                StoreError::Io(std::io::Error::new(std::io::ErrorKind::InvalidInput, error))
            })?;
        let shared = Arc::new(Shared {
            database,
            file,
            hashes: Secret::new(meta.secret),
            dictionaries: Arc::new(meta.dictionaries),
            newest: Mutex::new(None),
            cache,
            current: Mutex::new(None),
            freed: Mutex::default(),
            workshop: Mutex::new(None),
            options,
        });
        Ok(Self {
            shared,
            training: Training::default(),
        })
    }

    /// Begins to write. Only one batch is under way at any time: a second one waits here for the first.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn begin(&self) -> Result<Batch, StoreError> {
        self.training.begin_if_due(&self.shared)?;
        Batch::begin(Arc::clone(&self.shared))
    }

    /// What is committed now, for as long as the snapshot lives. The room of what is removed meanwhile isn't used
    /// again until then.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.shared.snapshot()
    }

    /// The database file.
    pub fn file(&self) -> &Path {
        &self.shared.file
    }

    /// What the cache of public keys and ids takes, in bytes; the same at all times.
    pub fn value_cache_bytes(&self) -> usize {
        self.shared.cache.heap_bytes()
    }
}

impl Shared {
    fn snapshot(self: &Arc<Self>) -> Result<Snapshot, StoreError> {
        let mut current = lock(&self.current);
        let tables = match &*current {
            Some(tables) => Arc::clone(tables),
            None => {
                let tables = Arc::new(Tables::open(&self.database.begin_read()?)?);
                Arc::clone(current.insert(tables))
            }
        };
        drop(current);
        Snapshot::new(Arc::clone(self), tables)
    }

    /// The dictionary that new records are written under.
    fn newest(self: &Arc<Self>) -> Result<Dictionary, StoreError> {
        let mut newest = lock(&self.newest);
        if let Some(newest) = &*newest {
            return Ok(newest.clone());
        }
        let made = match self.snapshot()?.tables().dictionaries.last()? {
            Some((number, bytes)) => Dictionary::new(number.value(), bytes.value(), LEVEL)?,
            None => Dictionary::seed(LEVEL),
        };
        Ok(newest.insert(made).clone())
    }
}

pub(crate) fn open_database(file: &Path, options: &StoreOptions) -> Result<Database, StoreError> {
    let mut database = redb::Builder::new()
        .set_cache_size(options.cache_bytes)
        .create(file)
        .map_err(|error| StoreError::opening(file, error))?;
    if options.verify_file {
        let verified = database.check_integrity();
        if !verified.map_err(|error| StoreError::opening(file, error))? {
            return Err(StoreError::Damaged {
                file: file.to_path_buf(),
                what: "its checksums were wrong; the engine went back to the last good state"
                    .to_owned(),
            });
        }
    }
    Ok(database)
}

/// The engine verifies checksums when it repairs, not when it reads: on pages that are damaged it can panic. Whoever
/// opens or checks a file wants to be told instead.
pub(crate) fn guarded<T>(
    file: &Path,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(StoreError::Damaged {
            file: file.to_path_buf(),
            what: said.unwrap_or_else(|| "the database engine gave up".to_owned()),
        })
    })
}

/// What a file takes on the disk.
#[cfg(unix)]
pub fn allocated(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

/// What a file takes on the disk: elsewhere its length is all that the standard library tells.
#[cfg(not(unix))]
pub fn allocated(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}
