//! Writing the database anew.
//!
//! Pages of a B-tree that grew at random are half empty, and so is a file that much was removed from. Written in order
//! of keys, all pages are full. What is read in full anyway is also encoded anew: under a dictionary that knows all
//! events, with the shortest numbers for the values that are referred to most.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use redb::{ReadOnlyTable, ReadableTableMetadata, TableDefinition, WriteTransaction};

use crate::event::Event;
use crate::store::changes;
use crate::store::dictionary::{
    COMPACT_LEVEL, Dictionaries, Dictionary, DictionaryError, LEVEL, Samples,
};
use crate::store::record::{self, Refers, Values};
use crate::store::strings::{Compressor, Decompressor};
use crate::store::tables::{
    self, BY_AUTHOR, BY_EXPIRY, BY_ID, BY_KIND, BY_TAG, BY_VALUE, Bytes, DICTIONARIES, Serial, Tid,
    VALUES,
};
use crate::store::{
    FILE_NAME, Scratch, Snapshot, Store, StoreError, StoreOptions, Train, allocated, guarded, meta,
    open_database, training,
};

/// The new file, until it takes the place of the old one.
const NEW_FILE_NAME: &str = "events.redb.new";
/// What the dictionary is trained on, in bytes.
const SAMPLES: usize = 8 << 20;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: &'static str,
    /// How many events are done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
}

/// What it gained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// What the file took on the disk before, in bytes.
    pub before: u64,
    /// And after.
    pub after: u64,
    /// How many events it holds.
    pub events: u64,
    /// How many values were stored once before.
    pub values_before: u64,
    /// And after: no event refers to the others any more, or only one does and keeps it itself.
    pub values_after: u64,
}

impl Store {
    /// Writes the database of a folder anew, in order of keys, under a new dictionary, without what nothing refers to.
    /// Until the new file is complete and on the disk, the old one is in its place; then the new one is. It needs room
    /// for both, and some 60 bytes of memory for each value that events refer to.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); or where the database is damaged or the new file can't be written: then the old one is
    /// as it was.
    pub fn compact(
        folder: &Path,
        options: StoreOptions,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Compacted, StoreError> {
        let options = StoreOptions {
            train: Train::Never,
            ..options
        };
        let old = Self::open(folder, options.clone())?;
        let new = folder.join(NEW_FILE_NAME);
        if new.exists() {
            fs::remove_file(&new)?;
        }
        let file = old.file().to_path_buf();
        let done = guarded(&file, || copy(&old, &new, &options, progress));
        let mut done = done.inspect_err(|_| drop(fs::remove_file(&new)))?;
        done.before = allocated(&fs::metadata(&file)?);
        // The old file stays locked until the new one has its name, where the system lets us: else another process
        // could write to it in between, and lose that.
        let locked = (!cfg!(windows)).then_some(old);
        fs::rename(&new, folder.join(FILE_NAME))?;
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        drop(locked);
        done.after = allocated(&fs::metadata(&file)?);
        Ok(done)
    }
}

fn copy(
    old: &Store,
    new: &Path,
    options: &StoreOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Compacted, StoreError> {
    let from = old.snapshot()?;
    let survey = Survey::of(&from, progress)?;
    let mut database = open_database(new, options)?;
    let transaction = database.begin_write()?;
    let secret = meta::secret(from.tables())?.unwrap_or_default();
    meta::create(&transaction, &secret, &options.parts)?;
    meta::set(&transaction, meta::COMMITS, from.commit + 1)?;
    let dictionary = survey.dictionary(&transaction)?;
    let numbers = survey.number(&from, &transaction)?;
    let events = copy_events(&from, &transaction, dictionary, &numbers, progress)?;
    for (keys, table) in [
        (&from.tables().by_id.len()?, "by_id"),
        (&from.tables().by_kind.len()?, "by_kind"),
    ] {
        same_length(events, *keys, table)?;
    }
    copy_authors(&from, &transaction, &numbers)?;
    copy_keys(&from.tables().by_id, &transaction, BY_ID)?;
    copy_keys(&from.tables().by_kind, &transaction, BY_KIND)?;
    copy_keys(&from.tables().by_tag, &transaction, BY_TAG)?;
    copy_keys(&from.tables().by_expiry, &transaction, BY_EXPIRY)?;
    transaction.commit()?;
    // Moves what lies at the end of the file into holes before it.
    database.compact()?;
    drop(database);
    File::options().write(true).open(new)?.sync_all()?;
    Ok(Compacted {
        events,
        values_before: from.tables().values.len()?,
        values_after: numbers.serials.len() as u64,
        ..Compacted::default()
    })
}

/// What all events refer to, and samples of their strings.
#[derive(Default)]
struct Survey {
    values: HashMap<[u8; 32], Uses>,
    samples: Samples,
    events: u64,
}

#[derive(Clone, Copy, Default)]
struct Uses {
    times: u32,
    /// Authors have a number in any case: it is what their events are found by.
    is_author: bool,
}

impl Survey {
    fn of(from: &Snapshot, progress: &mut dyn FnMut(Progress)) -> Result<Self, StoreError> {
        let mut survey = Self::default();
        let of = from.tables().events.len()?;
        let every = of as usize * 200 / SAMPLES + 1;
        let mut strings = Compressor::new(Dictionary::seed(LEVEL));
        let mut out = Vec::new();
        each(from, &mut |_, event| {
            record::encode(event, &mut survey, &mut strings, &mut out)?;
            let wanted =
                survey.events.is_multiple_of(every as u64) && survey.samples.size().0 < SAMPLES;
            if wanted && strings.gathered().len() >= 8 {
                survey.samples.push(strings.gathered());
            }
            survey.events += 1;
            report(progress, "reading", survey.events, of);
            Ok(())
        })?;
        Ok(survey)
    }

    /// Trains a dictionary and stores it; where there is too little to learn from, the first one has to do.
    fn dictionary(
        &self,
        transaction: &WriteTransaction,
    ) -> Result<(Dictionary, Arc<Dictionaries>), StoreError> {
        let known = Arc::new(Dictionaries::new());
        let dictionary = match training::learn(&self.samples) {
            Ok(dictionary) => dictionary,
            Err(DictionaryError::Training(_)) => {
                return Ok((Dictionary::seed(COMPACT_LEVEL), known));
            }
            Err(error) => return Err(error.into()),
        };
        let prepared = Dictionary::new(1, &dictionary, COMPACT_LEVEL)?;
        transaction
            .open_table(DICTIONARIES)?
            .insert(1, &dictionary[..])?;
        meta::set(transaction, meta::TRAINED_AT, self.events)?;
        known.add(1, &dictionary)?;
        Ok((prepared, known))
    }

    /// Numbers the values, those with most uses first, and stores them.
    fn number(
        self,
        from: &Snapshot,
        transaction: &WriteTransaction,
    ) -> Result<Numbers, StoreError> {
        let worth_it = |uses: &Uses| uses.is_author || uses.times > 1;
        let mut values: Vec<_> = self
            .values
            .into_iter()
            .filter(|(_, uses)| worth_it(uses))
            .collect();
        values.sort_unstable_by_key(|(value, uses)| (Reverse(uses.times), *value));
        let mut table = transaction.open_table(VALUES)?;
        let mut numbers = Numbers::default();
        let mut keys = Vec::with_capacity(values.len());
        for (serial, (value, uses)) in (0..).zip(values) {
            table.insert(serial, &value)?;
            keys.push(changes::value_key(&from.shared().hashes, &value, serial));
            numbers.serials.insert(value, serial);
            numbers.values.push(value);
            if uses.is_author {
                numbers.authors.push(value);
            }
        }
        keys.sort_unstable();
        let mut table = transaction.open_table(BY_VALUE)?;
        for key in keys {
            table.insert(key, ())?;
        }
        Ok(numbers)
    }
}

impl Values for Survey {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        let uses = self.values.entry(*value).or_default();
        uses.times += 1;
        uses.is_author = true;
        Ok(0)
    }

    fn reference(&mut self, value: &[u8; 32], _: Refers) -> Result<Option<Serial>, StoreError> {
        self.values.entry(*value).or_default().times += 1;
        Ok(Some(0))
    }
}

/// The new numbers.
#[derive(Default)]
struct Numbers {
    serials: HashMap<[u8; 32], Serial>,
    /// In the order of their numbers.
    values: Vec<[u8; 32]>,
    /// In the same order.
    authors: Vec<[u8; 32]>,
}

impl Values for &Numbers {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        let serial = self.serials.get(value).copied();
        serial.ok_or_else(|| StoreError::Corrupt("an author was overlooked".to_owned()))
    }

    fn reference(&mut self, value: &[u8; 32], _: Refers) -> Result<Option<Serial>, StoreError> {
        self.mention(value)
    }

    fn mention(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, StoreError> {
        Ok(self.serials.get(value).copied())
    }
}

impl record::Lookup for Numbers {
    type Error = StoreError;

    fn value(&self, serial: Serial) -> Result<[u8; 32], StoreError> {
        let value = self.values.get(serial as usize).copied();
        value.ok_or_else(|| StoreError::Corrupt(format!("no value {serial}")))
    }
}

fn copy_events(
    from: &Snapshot,
    transaction: &WriteTransaction,
    (dictionary, known): (Dictionary, Arc<Dictionaries>),
    numbers: &Numbers,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, StoreError> {
    let mut records = changes::Records::open(transaction)?;
    let (mut strings, mut out, mut done) = (Compressor::new(dictionary), Vec::new(), 0);
    let (mut back, mut check) = (Decompressor::new(known), Event::default());
    let of = from.tables().events.len()?;
    each(from, &mut |tid, event| {
        let mut numbers = numbers;
        record::encode(event, &mut numbers, &mut strings, &mut out)?;
        let decoded = record::decode(tid, &out, numbers, &mut back, &mut check);
        if decoded.is_err() || check != *event {
            record::draft_raw(event, &mut strings);
            record::number(strings.drafted(), &mut numbers, &mut out)?;
        }
        records.insert(tid, &out)?;
        done += 1;
        report(progress, "writing", done, of);
        Ok(())
    })?;
    Ok(done)
}

/// Authors have new numbers. The keys of one author are in order already.
fn copy_authors(
    from: &Snapshot,
    transaction: &WriteTransaction,
    numbers: &Numbers,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(BY_AUTHOR)?;
    for author in &numbers.authors {
        let Some(before) = from.serial(author)? else {
            return Err(StoreError::Corrupt("an author has no number".to_owned()));
        };
        let last = tables::key(tables::author_kind(before, u16::MAX), Tid::LAST);
        let first = tables::key::<6, 12>(tables::author_kind(before, 0), Tid::FIRST);
        for entry in from.tables().by_author.range(first..=last)? {
            let mut key = entry?.0.value();
            key[..4].copy_from_slice(&numbers.serials[author].to_be_bytes());
            table.insert(key, ())?;
        }
    }
    same_length(table.len()?, from.tables().by_author.len()?, "by_author")
}

fn copy_keys<const N: usize>(
    from: &ReadOnlyTable<Bytes<N>, ()>,
    transaction: &WriteTransaction,
    to: TableDefinition<Bytes<N>, ()>,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(to)?;
    for entry in from.range::<[u8; N]>(..)? {
        table.insert(entry?.0.value(), ())?;
    }
    Ok(())
}

fn same_length(new: u64, old: u64, table: &str) -> Result<(), StoreError> {
    if new == old {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "{table} has {old} keys, of which {new} lead to events"
    )))
}

/// Reads all events in order.
fn each(
    from: &Snapshot,
    work: &mut dyn FnMut(Tid, &Event) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    for entry in from.tables().events.range::<[u8; 6]>(..)? {
        let tid = Tid(entry?.0.value());
        from.read(tid, &mut event, &mut scratch)?;
        work(tid, &event)?;
    }
    Ok(())
}

fn report(progress: &mut dyn FnMut(Progress), doing: &'static str, done: u64, of: u64) {
    if done.is_multiple_of(1024) || done == of {
        progress(Progress { doing, done, of });
    }
}
