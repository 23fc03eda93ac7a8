//! One event as bytes, and back.

use std::error::Error;
use std::fmt;

use super::strings::{Compressor, Decompressor};
use super::tables::{Serial, Tid};
use crate::event::Event;

/// Gives 32-byte values their serials: what the store does for [`encode`].
pub trait Values {
    /// What may go wrong.
    type Error;

    /// The serial of a value, which gets one now if it has none.
    ///
    /// # Errors
    ///
    /// The database fails, or has no serials left.
    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Self::Error>;

    /// The same for the key or id that a tag refers to, where the record may keep the 32 bytes itself (`None`):
    /// that is shorter for a value that no other record has.
    ///
    /// # Errors
    ///
    /// As for [`serial`](Self::serial).
    fn reference(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, Self::Error> {
        self.serial(value).map(Some)
    }

    /// The serial of a value that stands somewhere in a text, if it has one already.
    ///
    /// # Errors
    ///
    /// As for [`serial`](Self::serial).
    fn mention(&mut self, _value: &[u8; 32]) -> Result<Option<Serial>, Self::Error> {
        Ok(None)
    }
}

/// Finds the values of serials: what the store does for [`decode`].
pub trait Lookup {
    /// What may go wrong; a damaged record among it.
    type Error: From<Corrupt>;

    /// The value of a serial.
    ///
    /// # Errors
    ///
    /// The database fails, or has no such serial.
    fn value(&self, serial: Serial) -> Result<[u8; 32], Self::Error>;
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corrupt {
    /// It ends too early.
    Truncated,
    /// A byte that this version gives no meaning.
    Unknown(u8),
    /// The strings can't be decompressed, or aren't UTF-8.
    Text,
    /// A dictionary that the database hasn't got.
    Dictionary(u8),
    /// A number that is too large for what it counts.
    Number,
    /// It goes on after its end.
    Leftover,
}

impl fmt::Display for Corrupt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => formatter.write_str("the record ends too early"),
            Self::Unknown(byte) => write!(
                formatter,
                "the record has a byte {byte:#04x} that means nothing here"
            ),
            Self::Text => formatter.write_str("the record's strings can't be read"),
            Self::Dictionary(number) => write!(
                formatter,
                "the record needs dictionary {number}, which is missing"
            ),
            Self::Number => formatter.write_str("the record has a number out of its range"),
            Self::Leftover => formatter.write_str("the record goes on after its end"),
        }
    }
}

impl Error for Corrupt {}

/// Writes an event's record into `out`, in place of what is there. (Crude, until the real one is merged.)
///
/// # Errors
///
/// Those of the values.
pub fn encode<V: Values>(
    event: &Event,
    values: &mut V,
    _: &mut Compressor,
    out: &mut Vec<u8>,
) -> Result<(), V::Error> {
    out.clear();
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

/// Reads a record into an event, in place of what is there, and computes its id.
///
/// # Errors
///
/// A damaged record, or those of the lookup.
pub fn decode<L: Lookup>(
    _: Tid,
    mut record: &[u8],
    lookup: &L,
    _: &mut Decompressor,
    into: &mut Event,
) -> Result<(), L::Error> {
    pooling::Recycle::clear(into);
    fn take<const N: usize>(record: &mut &[u8]) -> Result<[u8; N], Corrupt> {
        let (taken, rest) = record.split_first_chunk().ok_or(Corrupt::Truncated)?;
        *record = rest;
        Ok(*taken)
    }
    let serial = u32::from_be_bytes(take(&mut record)?);
    into.pubkey = lookup.value(serial)?.into();
    into.sig = take::<64>(&mut record)?.into();
    into.created_at = u64::from_be_bytes(take(&mut record)?);
    into.kind = u16::from_be_bytes(take(&mut record)?);
    for _ in 0..u32::from_be_bytes(take(&mut record)?) {
        for _ in 0..u32::from_be_bytes(take(&mut record)?) {
            let len = u32::from_be_bytes(take(&mut record)?) as usize;
            let (item, rest) = record.split_at_checked(len).ok_or(Corrupt::Truncated)?;
            into.push_item(std::str::from_utf8(item).map_err(|_| Corrupt::Text)?);
            record = rest;
        }
        into.end_tag();
    }
    into.push_content(std::str::from_utf8(record).map_err(|_| Corrupt::Text)?);
    into.id = into.canonical_id();
    Ok(())
}
