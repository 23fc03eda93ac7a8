//! Writing: a batch gathers what changes, then applies it in one durable transaction.

use std::sync::Arc;

use pooling::Recycle;
use redb::{Durability, ReadableTable, ReadableTableMetadata, WriteTransaction};

use super::changes::{Changes, Record};
use super::dictionary::{Dictionary, LEVEL};
use super::drafts::Drafter;
use super::record::{self, Draft, Lookup, Refers, Values};
use super::tables::{self, DICTIONARIES, Serial, Tid};
use super::{Scratch, Shared, Snapshot, StoreError, changes, lock, meta};
use crate::event::{Event, EventId, PublicKey};

/// So many places that were freed aren't given out again, those of the newest events.
const FREED: usize = 8192;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is stored here, once the batch is committed.
    Stored(Tid),
    /// It is stored already.
    Duplicate,
    /// A newer version of it is stored.
    Superseded,
    /// Its author had it deleted (NIP-09).
    Deleted,
    /// Its author, or who it is for, wanted to vanish from here, and it is older than that (NIP-62).
    Vanished,
    /// Its time is over (NIP-40).
    Expired,
    /// It can't be stored, for this reason.
    Refused(&'static str),
}

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// The number of the commit: one more for each that changed something.
    pub number: u64,
    /// Where events were that are gone: whoever remembers something about them must forget it.
    pub removed: Vec<Tid>,
}

/// The one write transaction. Nothing of it is seen, or on disk, before [`commit`](Self::commit); dropping it undoes it.
pub struct Batch {
    /// Holds the writers' lock from the beginning; used at the end.
    transaction: WriteTransaction,
    /// What was committed before.
    pub(super) base: Snapshot,
    shared: Arc<Shared>,
    workshop: Box<Workshop>,
    removed: Vec<Tid>,
    /// Whether any event here asks for others to be deleted, or for all of an author's.
    pub(super) requests: Requests,
    /// A dictionary that is stored with this batch.
    adopted: Option<Dictionary>,
}

/// Which requests there are, of this database and this batch: mostly none, and then no event has to be compared with them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Requests {
    pub(super) deletions: bool,
    pub(super) vanishings: bool,
}

/// Buffers and contexts that one batch leaves to the next.
#[derive(Default)]
pub(super) struct Workshop {
    changes: Changes,
    /// For events that come without a draft.
    drafter: Drafter,
    scratch: Scratch,
    record: Vec<u8>,
}

impl Batch {
    pub(super) fn begin(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let mut transaction = shared.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        transaction.set_quick_repair(shared.options.quick_repair);
        let base = shared.snapshot()?;
        let left = lock(&shared.workshop).take();
        let mut workshop = left.unwrap_or_default();
        workshop.changes.first_serial = base.values_end()?;
        let mut batch = Self {
            transaction,
            base,
            shared,
            workshop,
            removed: Vec::new(),
            requests: Requests::default(),
            adopted: None,
        };
        batch.requests = batch.requests()?;
        Ok(batch)
    }

    /// Enters an event whose id and signature were verified, if the rules allow it, and removes what it replaces,
    /// deletes or lets vanish. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database can't be read. Then the batch is as it was before, and can go on.
    pub fn put(&mut self, event: &Event, now: u64) -> Result<Put, StoreError> {
        self.enter(event, None, now)
    }

    /// The same for an event that [`Store::draft`](super::Store::draft) has prepared.
    ///
    /// # Errors
    ///
    /// As for [`put`](Self::put).
    pub fn put_draft(&mut self, event: &Event, draft: Draft, now: u64) -> Result<Put, StoreError> {
        self.enter(event, Some(draft), now)
    }

    fn enter(&mut self, event: &Event, draft: Option<Draft>, now: u64) -> Result<Put, StoreError> {
        if let Some(refusal) = self.refusal(event, now)? {
            return Ok(refusal);
        }
        let replaced = match self.versions(event)? {
            Ok(replaced) => replaced,
            Err(newer) => return Ok(newer),
        };
        let Some(tid) = self.place(event.created_at)? else {
            return Ok(Put::Refused(
                "error: this second holds 65,536 events already",
            ));
        };
        let author = self.number(event, draft)?;
        let changes = &mut self.workshop.changes;
        changes.enter(tid, &self.workshop.record);
        changes.keys(event, author, tid, &self.shared.hashes, true);
        for (tid, version) in replaced {
            self.take_out(tid, &version)?;
        }
        self.carry_out(event, tid)?;
        Ok(Put::Stored(tid))
    }

    /// Removes events whose time is over, at most so many, and says how many those were.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn sweep(&mut self, now: u64, at_most: usize) -> Result<usize, StoreError> {
        let range = tables::key([0; 4], Tid::FIRST)..=tables::key(tables::second(now), Tid::LAST);
        for swept in 0..at_most {
            let (base, changes) = (
                &self.base.tables().by_expiry,
                &self.workshop.changes.by_expiry,
            );
            match changes::first(base, changes, range.clone())? {
                Some(key) => self.remove(Tid::of(&key))?,
                None => return Ok(swept),
            }
        }
        Ok(at_most)
    }

    /// Writes all of it to disk. Where nothing changed, nothing is written, and the number is that of the last commit.
    ///
    /// # Errors
    ///
    /// Where the database can't be written: then nothing of the batch is stored.
    pub fn commit(self) -> Result<Commit, StoreError> {
        let Self {
            transaction,
            base,
            shared,
            mut workshop,
            removed,
            adopted,
            ..
        } = self;
        let mut number = base.commit;
        if !workshop.changes.is_empty() {
            number += 1;
            workshop.changes.apply(&transaction, &shared.hashes)?;
            meta::set(&transaction, meta::COMMITS, number)?;
            // What only these tables still hold can be used again from now on.
            drop(base);
            lock(&shared.current).take();
            transaction.commit()?;
            lock(&shared.current).take();
            // Only now: what is drafted under it from here on is stored after it.
            if adopted.is_some() {
                *lock(&shared.newest) = adopted;
            }
        }
        let changes = &mut workshop.changes;
        for (serial, value) in changes.new_values() {
            shared.cache.insert(serial, *value);
        }
        changes.clear();
        let mut freed = lock(&shared.freed);
        freed.extend(&removed);
        while freed.len() > FREED {
            freed.pop_first();
        }
        drop(freed);
        *lock(&shared.workshop) = Some(workshop);
        Ok(Commit { number, removed })
    }

    /// Stores a dictionary, under which all records from now on are written.
    pub(super) fn adopt(&mut self, dictionary: Vec<u8>) -> Result<(), StoreError> {
        let newest = self.base.tables().dictionaries.last()?;
        let number = newest.map_or(0, |(number, _)| number.value()) + 1;
        let prepared = Dictionary::new(number, &dictionary, LEVEL)?;
        self.shared.dictionaries.add(number, &dictionary)?;
        let events = self.base.tables().events.len()?;
        self.transaction
            .open_table(DICTIONARIES)?
            .insert(number, &dictionary[..])?;
        meta::set(&self.transaction, meta::TRAINED_AT, events)?;
        self.adopted = Some(prepared);
        self.workshop.changes.others = true;
        Ok(())
    }

    /// Removes an event and the keys that lead to it.
    pub(super) fn remove(&mut self, tid: Tid) -> Result<(), StoreError> {
        let mut event = Event::default();
        if !self.read(tid, &mut event)? {
            return Err(StoreError::Corrupt(format!(
                "a key leads to {tid:?}, where no event is"
            )));
        }
        self.take_out(tid, &event)
    }

    /// The same for one that was read.
    pub(super) fn take_out(&mut self, tid: Tid, event: &Event) -> Result<(), StoreError> {
        let author = self.serial(event.pubkey.as_bytes())?;
        let author = author
            .ok_or_else(|| StoreError::Corrupt(format!("the author at {tid:?} has no number")))?;
        let changes = &mut self.workshop.changes;
        changes.keys(event, author, tid, &self.shared.hashes, false);
        changes.events.insert(tid, Record::Goes);
        self.removed.push(tid);
        Ok(())
    }

    /// Reads an event, of the database or of this batch.
    pub(super) fn read(&mut self, tid: Tid, into: &mut Event) -> Result<bool, StoreError> {
        let Workshop {
            changes, scratch, ..
        } = &mut *self.workshop;
        match changes.events.get(&tid) {
            None => self.base.read(tid, into, scratch),
            Some(Record::Goes) => Ok(false),
            Some(Record::Comes(range)) => {
                into.clear();
                let values = Both {
                    base: &self.base,
                    changes,
                };
                let record = &changes.records[range.clone()];
                self.base.decode(tid, record, &values, into, scratch)?;
                Ok(true)
            }
        }
    }

    /// The place of an event that has this id.
    pub(super) fn find(
        &mut self,
        id: &EventId,
        event: &mut Event,
    ) -> Result<Option<Tid>, StoreError> {
        let hash = self.base.id_key(id);
        let mut range = changes::span(hash);
        loop {
            let (base, changes) = (&self.base.tables().by_id, &self.workshop.changes.by_id);
            let Some(key) = changes::first(base, changes, range)? else {
                return Ok(None);
            };
            let tid = Tid::of(&key);
            if self.read(tid, event)? && event.id == *id {
                return Ok(Some(tid));
            }
            let Some(next) = tid.next() else {
                return Ok(None);
            };
            range = changes::from(hash, next);
        }
    }

    /// The number of 32 bytes, if they have one.
    pub(super) fn serial(&self, value: &[u8; 32]) -> Result<Option<Serial>, StoreError> {
        match self.workshop.changes.serial(value) {
            Some(serial) => Ok(Some(serial)),
            None => self.base.serial(value),
        }
    }

    pub(super) fn changes(&self) -> &Changes {
        &self.workshop.changes
    }

    /// A place for an event of this time. The number of one that goes isn't given to another that comes in this batch.
    fn place(&self, created_at: u64) -> Result<Option<Tid>, StoreError> {
        let second = tables::second(created_at);
        let whole = Tid::new(created_at, 0)..=Tid::new(created_at, u16::MAX);
        let taken = self
            .workshop
            .changes
            .events
            .range(whole.clone())
            .next_back();
        let here = taken.map_or(0, |(tid, _)| u32::from(tid.number()) + 1);
        let number = self.base.next_number(second)?.max(here);
        let freed = lock(&self.shared.freed);
        let freed = freed.range(whole).next_back();
        let number = number.max(freed.map_or(0, |tid| u32::from(tid.number()) + 1));
        Ok(u16::try_from(number)
            .ok()
            .map(|number| Tid::new(created_at, number)))
    }

    /// Makes the record to store of a draft, and gives the author's number.
    fn number(&mut self, event: &Event, draft: Option<Draft>) -> Result<Serial, StoreError> {
        let Workshop {
            changes,
            drafter,
            record,
            ..
        } = &mut *self.workshop;
        let mut values = Interning {
            base: &self.base,
            changes,
        };
        let author = values.serial(event.pubkey.as_bytes())?;
        let draft = match draft {
            Some(draft) => draft,
            None => drafter.draft(&self.shared, self.shared.newest()?, event),
        };
        record::number(draft, &mut values, record)?;
        Ok(author)
    }
}

/// Values of the database and of a batch.
struct Both<'a> {
    base: &'a Snapshot,
    changes: &'a Changes,
}

impl Lookup for Both<'_> {
    type Error = StoreError;

    fn value(&self, serial: Serial) -> Result<[u8; 32], StoreError> {
        let new = serial.checked_sub(self.changes.first_serial);
        match new.and_then(|new| self.changes.values.get(new)) {
            Some(value) => Ok(*value),
            None => self.base.value(serial),
        }
    }
}

/// Gives numbers to values that have none.
struct Interning<'a> {
    base: &'a Snapshot,
    changes: &'a mut Changes,
}

impl Interning<'_> {
    /// The number of a value, if that can be told without the database.
    fn known(&self, value: &[u8; 32]) -> Option<Serial> {
        let new = self.changes.serial(value);
        new.or_else(|| self.base.cached_serial(value))
    }
}

impl Values for Interning<'_> {
    type Error = StoreError;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError> {
        match self.mention(value)? {
            Some(serial) => Ok(serial),
            None => self.changes.intern(value),
        }
    }

    /// Two of three keys and ids are referred to once: the record keeps those itself. That one was referred to before
    /// shows in the index of tags. Only a key can have a number without that, that of an author.
    fn reference(
        &mut self,
        value: &[u8; 32],
        refers: Refers,
    ) -> Result<Option<Serial>, StoreError> {
        if let Some(serial) = self.known(value) {
            return Ok(Some(serial));
        }
        let letter = if refers == Refers::Key { b'p' } else { b'e' };
        let mut hex = [0; PublicKey::HEX_LENGTH];
        let key = PublicKey::new(*value);
        let range = changes::span(self.base.tag_key(letter, key.write_hex(&mut hex)));
        let table = &self.base.tables().by_tag;
        if changes::first(table, &self.changes.by_tag, range)?.is_some() {
            return self.serial(value).map(Some);
        }
        match refers {
            Refers::Key => self.base.serial(value),
            Refers::Id => Ok(None),
        }
    }

    fn mention(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, StoreError> {
        match self.changes.serial(value) {
            Some(serial) => Ok(Some(serial)),
            None => self.base.serial(value),
        }
    }
}
