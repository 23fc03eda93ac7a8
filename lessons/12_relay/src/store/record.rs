//! One event as bytes. (Crude, until the real encoding is merged.)

use super::StoreError;
use super::tables::{Serial, Tid};
use crate::event::Event;

/// The version of the names and values that records refer to by number.
pub const STATIC_VERSION: u32 = 0;

/// Gives numbers to 32-byte values.
pub trait Values {
    /// The number of a value, a new one if it has none.
    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, StoreError>;
}

/// Knows what numbers stand for.
pub trait Lookup {
    /// The value of a number.
    fn value(&self, serial: Serial) -> Result<[u8; 32], StoreError>;
}

#[derive(Default)]
pub struct Compressor;
#[derive(Default)]
pub struct Decompressor;

pub fn encode(
    event: &Event,
    values: &mut impl Values,
    _: &mut Compressor,
    out: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let serial = values.serial(event.pubkey.as_bytes())?;
    out.extend_from_slice(&serial.to_be_bytes());
    out.extend_from_slice(event.sig.as_bytes());
    out.extend_from_slice(&event.created_at.to_be_bytes());
    out.extend_from_slice(&event.kind.to_be_bytes());
    out.extend_from_slice(&(event.tags().len() as u32).to_be_bytes());
    for tag in event.tags() {
        out.extend_from_slice(&(tag.items().len() as u32).to_be_bytes());
        for item in tag.items() {
            out.extend_from_slice(&(item.len() as u32).to_be_bytes());
            out.extend_from_slice(item.as_bytes());
        }
    }
    out.extend_from_slice(event.content().as_bytes());
    Ok(())
}

pub fn encode_raw(_: &Event, _: &mut Vec<u8>) {}

pub fn decode(
    _: Tid,
    mut record: &[u8],
    lookup: &impl Lookup,
    _: &mut Decompressor,
    into: &mut Event,
) -> Result<(), String> {
    fn take<const N: usize>(record: &mut &[u8]) -> Result<[u8; N], String> {
        let (taken, rest) = record.split_first_chunk().ok_or("short")?;
        *record = rest;
        Ok(*taken)
    }
    let serial = u32::from_be_bytes(take(&mut record)?);
    into.pubkey = lookup
        .value(serial)
        .map_err(|error| error.to_string())?
        .into();
    into.sig = take::<64>(&mut record)?.into();
    into.created_at = u64::from_be_bytes(take(&mut record)?);
    into.kind = u16::from_be_bytes(take(&mut record)?);
    for _ in 0..u32::from_be_bytes(take(&mut record)?) {
        for _ in 0..u32::from_be_bytes(take(&mut record)?) {
            let len = u32::from_be_bytes(take(&mut record)?) as usize;
            let (item, rest) = record.split_at_checked(len).ok_or("short")?;
            into.push_item(std::str::from_utf8(item).map_err(|error| error.to_string())?);
            record = rest;
        }
        into.end_tag();
    }
    into.push_content(std::str::from_utf8(record).map_err(|error| error.to_string())?);
    into.id = into.canonical_id();
    Ok(())
}
