//! Any bytes are a record or an error; the event that comes out of one survives being written and read again.

#![no_main]

use std::cell::RefCell;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use relay::event::Event;
use relay::store::dictionary::{Dictionaries, Dictionary, LEVEL};
use relay::store::record::{Corrupt, Lookup, Values, decode, encode};
use relay::store::strings::{Compressor, Decompressor};
use relay::store::tables::{Serial, Tid};

/// A serial stands for its own bytes, repeated; other values get serials from here on.
const FIRST_ADDED: Serial = 1 << 20;

#[derive(Default)]
struct Table {
    added: Vec<[u8; 32]>,
}

fn own_value(serial: Serial) -> [u8; 32] {
    let mut value = [0; 32];
    for part in value.chunks_exact_mut(4) {
        part.copy_from_slice(&serial.to_be_bytes());
    }
    value
}

impl Lookup for Table {
    type Error = Corrupt;

    fn value(&self, serial: Serial) -> Result<[u8; 32], Corrupt> {
        match serial.checked_sub(FIRST_ADDED) {
            None => Ok(own_value(serial)),
            Some(added) => self.added.get(added as usize).copied().ok_or(Corrupt::Number),
        }
    }
}

impl Values for Table {
    type Error = Corrupt;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Corrupt> {
        let own = Serial::from_be_bytes([value[0], value[1], value[2], value[3]]);
        if own < FIRST_ADDED && own_value(own) == *value {
            return Ok(own);
        }
        let position = self.added.iter().position(|added| added == value);
        let position = position.unwrap_or_else(|| {
            self.added.push(*value);
            self.added.len() - 1
        });
        Ok(FIRST_ADDED + position as Serial)
    }
}

/// zstd's contexts are dear to make: one pair serves every input.
struct Contexts {
    pack: Compressor,
    unpack: Decompressor,
}

thread_local! {
    static CONTEXTS: RefCell<Contexts> = RefCell::new(Contexts {
        pack: Compressor::new(Dictionary::seed(LEVEL)),
        unpack: Decompressor::new(Arc::new(Dictionaries::default())),
    });
}

/// The place that the store gives to an event.
fn place(event: &Event) -> Tid {
    let [a, b, c, d] = u32::try_from(event.created_at).unwrap_or(u32::MAX).to_be_bytes();
    Tid([a, b, c, d, 0, 0])
}

fn check(tid: Tid, record: &[u8], Contexts { pack, unpack }: &mut Contexts) {
    let mut table = Table::default();
    let mut event = Event::default();
    if decode(tid, record, &table, unpack, &mut event).is_err() {
        return;
    }
    let mut written = Vec::new();
    encode(&event, &mut table, pack, &mut written).expect("the table has room");
    let mut again = Event::default();
    decode(place(&event), &written, &table, unpack, &mut again).expect("what was written can be read");
    assert_eq!(again, event);
}

fuzz_target!(|input: ([u8; 6], &[u8])| {
    CONTEXTS.with_borrow_mut(|contexts| check(Tid(input.0), input.1, contexts));
});
