//! What of storing an event needs no table, done by any number of threads before the one that writes.

use std::sync::Arc;

use super::dictionary::Dictionary;
use super::record::{self, Draft, Place};
use super::strings::{Compressor, Decompressor};
use super::tables::Tid;
use super::{Shared, Store, StoreError};
use crate::event::Event;
use pooling::Recycle;

/// What a drafter keeps of an unusually long event, in bytes.
const KEPT: usize = 64 << 10;

/// What a thread that drafts uses again: buffers and compression contexts.
#[derive(Default)]
pub struct Drafter {
    strings: Option<Compressor>,
    back: Option<Decompressor>,
    /// What was drafted, decoded again.
    check: Event,
}

impl Drafter {
    /// Drafts an event and decodes it again: what doesn't come back the same is drafted as it is.
    pub(super) fn draft(
        &mut self,
        shared: &Shared,
        newest: Dictionary,
        event: &Event,
    ) -> Draft<'_> {
        self.strings
            .take_if(|strings| strings.dictionary() != newest.number);
        let strings = self.strings.get_or_insert_with(|| Compressor::new(newest));
        let back = self
            .back
            .get_or_insert_with(|| Decompressor::new(Arc::clone(&shared.dictionaries)));
        record::draft(event, strings);
        let tid = Tid::new(event.created_at, 0);
        let record = strings.drafted().record;
        let decoded = record::decode_but_id(tid, record, &(), back, &mut self.check);
        // Its id was verified, and follows from the rest.
        self.check.id = event.id;
        if decoded.is_err() || self.check != *event {
            record::draft_raw(event, strings);
        }
        if self.check.room() > 2 * KEPT {
            self.check = Event::default();
        }
        strings.drafted()
    }
}

/// The drafts of several events, in order.
#[derive(Default)]
pub struct Drafts {
    records: Vec<u8>,
    places: Vec<Place>,
    ends: Vec<End>,
}

/// Where a draft ends, and where its fields are in it.
struct End {
    record: usize,
    place: usize,
    fields: (u32, u32),
}

impl Drafts {
    /// The draft of the event with this number.
    pub fn get(&self, index: usize) -> Option<Draft<'_>> {
        let end = self.ends.get(index)?;
        let (record, place) = match index.checked_sub(1) {
            Some(before) => (self.ends[before].record, self.ends[before].place),
            None => (0, 0),
        };
        Some(Draft {
            record: &self.records[record..end.record],
            fields: end.fields,
            places: &self.places[place..end.place],
        })
    }

    fn push(&mut self, draft: Draft) {
        self.records.extend_from_slice(draft.record);
        self.places.extend_from_slice(draft.places);
        self.ends.push(End {
            record: self.records.len(),
            place: self.places.len(),
            fields: draft.fields,
        });
    }
}

impl Recycle for Drafts {
    fn clear(&mut self) {
        self.records.clear();
        self.places.clear();
        self.ends.clear();
    }

    fn room(&self) -> usize {
        self.records.capacity()
            + self.places.capacity() * size_of::<Place>()
            + self.ends.capacity() * size_of::<End>()
    }
}

impl Store {
    /// Prepares an event for [`Batch::put_draft`](super::Batch::put_draft) and adds it to others. It is decoded to see
    /// whether it comes back.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn draft(
        &self,
        event: &Event,
        drafter: &mut Drafter,
        drafts: &mut Drafts,
    ) -> Result<(), StoreError> {
        let newest = self.shared.newest()?;
        drafts.push(drafter.draft(&self.shared, newest, event));
        Ok(())
    }
}
