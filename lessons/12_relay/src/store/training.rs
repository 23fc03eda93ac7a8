//! Dictionaries, trained on the database's own events.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use redb::ReadableTableMetadata;

use super::dictionary::{self, Dictionary, DictionaryError, LEVEL, Samples};
use super::record::{self, Values};
use super::strings::Compressor;
use super::tables::{Serial, Tid};
use super::{Batch, Scratch, Shared, Snapshot, StoreError, Train, lock, meta};
use crate::event::Event;

/// The first dictionary is trained when there are so many events.
const FIRST: u64 = 256;
/// The next when there are so many times as many.
const AGAIN: u64 = 4;
/// What a dictionary is trained on, in bytes: the more events are to be stored under it, the more it may cost.
const SAMPLES: [usize; 2] = [1 << 20, 4 << 20];
/// So many bytes for each event, within those.
const SAMPLE: usize = 64;
/// Below so many pages of samples there is nothing to learn.
const ENOUGH: usize = 8;
/// A dictionary has so much of what it was trained on.
const SHARE: usize = 16;
/// And so many pages of the engine, a power of two, since those are what it takes; less what the engine adds.
const PAGES: [usize; 2] = [1, 32];
const PAGE: usize = 4096;
const ADDED: usize = 256;

/// The training that is under way.
#[derive(Default)]
pub(super) struct Training {
    thread: Mutex<Option<JoinHandle<()>>>,
    /// How many events there were when it was tried last.
    tried_at: Arc<AtomicU64>,
}

impl Training {
    /// Trains, or begins to, if there are enough events for a better dictionary.
    pub(super) fn begin_if_due(&self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        if shared.options.train == Train::Never {
            return Ok(());
        }
        let snapshot = shared.snapshot()?;
        let events = snapshot.tables().events.len()?;
        let next = match meta::number(snapshot.tables(), meta::TRAINED_AT)? {
            0 => FIRST,
            before => before * AGAIN,
        };
        // One that found nothing to learn isn't repeated for every batch.
        if events < next.max(self.tried_at.load(Ordering::Relaxed) * 2) {
            return Ok(());
        }
        let mut thread = lock(&self.thread);
        if thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Ok(());
        }
        self.tried_at.store(events, Ordering::Relaxed);
        let shared = Arc::clone(shared);
        if shared.options.train == Train::Between {
            return train(shared, snapshot);
        }
        let training = move || {
            if let Err(error) = train(shared, snapshot) {
                tracing::warn!(%error, "no dictionary was trained: strings are stored as before");
            }
            // It took some ten times of what the store holds, and won't be back for a while.
            measuring::give_back();
        };
        *thread = Some(
            std::thread::Builder::new()
                .name("training".to_owned())
                .spawn(training)?,
        );
        Ok(())
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        if let Some(thread) = lock(&self.thread).take() {
            // What it panicked of was printed.
            let _ = thread.join();
        }
    }
}

fn train(shared: Arc<Shared>, snapshot: Snapshot) -> Result<(), StoreError> {
    let samples = samples(&snapshot)?;
    drop(snapshot);
    match learn(&samples) {
        Ok(dictionary) => {
            let mut batch = Batch::begin(shared)?;
            batch.adopt(dictionary)?;
            batch.commit().map(drop)
        }
        Err(DictionaryError::Training(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A dictionary of a size that suits the samples.
pub(crate) fn learn(samples: &Samples) -> Result<Vec<u8>, DictionaryError> {
    let (bytes, events) = samples.size();
    // zstd divides by zero, or reads what isn't its own, where samples are fewer than the dictionary has room for.
    if bytes < ENOUGH * PAGE || events < 100 {
        return Err(DictionaryError::Training("there are too few strings"));
    }
    let [least, most] = PAGES;
    let pages = (bytes / SHARE / PAGE).clamp(least, most);
    dictionary::train(samples, (PAGE << pages.ilog2()) - ADDED)
}

/// The strings of events from all over the database.
fn samples(snapshot: &Snapshot) -> Result<Samples, StoreError> {
    let mut samples = Samples::default();
    let mut strings = Compressor::new(Dictionary::seed(LEVEL));
    let (mut event, mut scratch, mut out) = (Event::default(), Scratch::default(), Vec::new());
    let events = snapshot.tables().events.len()? as usize;
    let most = (events * SAMPLE).clamp(SAMPLES[0], SAMPLES[1]);
    let every = events * 200 / most + 1;
    for entry in snapshot
        .tables()
        .events
        .range::<[u8; 6]>(..)?
        .step_by(every)
    {
        snapshot.read(Tid(entry?.0.value()), &mut event, &mut scratch)?;
        record::encode(&event, &mut Known(snapshot), &mut strings, &mut out)?;
        if strings.gathered().len() >= 8 {
            samples.push(strings.gathered());
        }
        if samples.size().0 > most {
            break;
        }
    }
    Ok(samples)
}

/// The values that are stored.
pub(super) struct Known<'a>(pub(super) &'a Snapshot);

impl Values for Known<'_> {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        Ok(self.0.serial(value)?.unwrap_or_default())
    }
}
