//! Step 8: the record as [`crate::store::record`] has it: fields of few bytes, and all strings of an event as one block
//! of zstd, under a dictionary of what events have in common.

use std::sync::Arc;

use super::Fallible;
use super::s7_time_key::{Codec, Open};
use crate::event::Event;
use crate::store::Tid;
use crate::store::dictionary::{Dictionaries, Dictionary, LEVEL};
use crate::store::record;
use crate::store::strings::{Compressor, Decompressor};

// ANCHOR: dictionary
pub(super) struct Packed {
    packs: Compressor,
    unpacks: Decompressor,
}

impl Default for Packed {
    fn default() -> Self {
        Self {
            packs: Compressor::new(Dictionary::seed(LEVEL)),
            unpacks: Decompressor::new(Arc::new(Dictionaries::new())),
        }
    }
}

impl Codec for Packed {
    fn write(&mut self, event: &Event, values: &mut Open, record: &mut Vec<u8>) -> Fallible<()> {
        Ok(record::encode(event, values, &mut self.packs, record)?)
    }

    fn read(&mut self, at: Tid, record: &[u8], values: &Open, event: &mut Event) -> Fallible<()> {
        Ok(record::decode(
            at,
            record,
            values,
            &mut self.unpacks,
            event,
        )?)
    }
}
// ANCHOR_END: dictionary
