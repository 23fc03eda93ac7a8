//! Step 4: an event is stored as its bytes. What comes from the wire as digits or with escapes is stored as what it
//! stands for; texts have their lengths before them.

use pooling::Recycle;

use super::Fallible;
use super::s3_borrowed::Format;
use crate::event::{Event, EventId, PublicKey, Signature};
use crate::store::Serial;
use crate::store::record::Corrupt;

// ANCHOR: binary
#[derive(Default)]
pub(super) struct Plain;

impl Format for Plain {
    fn write(&mut self, event: &Event, record: &mut Vec<u8>) {
        record.extend_from_slice(event.id.as_bytes());
        record.extend_from_slice(event.pubkey.as_bytes());
        record.extend_from_slice(event.sig.as_bytes());
        record.extend_from_slice(&event.created_at.to_be_bytes());
        record.extend_from_slice(&event.kind.to_be_bytes());
        write_text(event, record, |_| None);
    }

    fn read(&mut self, mut record: &[u8], event: &mut Event) -> Fallible<()> {
        event.clear();
        event.id = EventId::new(take(&mut record)?);
        event.pubkey = PublicKey::new(take(&mut record)?);
        event.sig = Signature::new(take(&mut record)?);
        event.created_at = u64::from_be_bytes(take(&mut record)?);
        event.kind = u16::from_be_bytes(take(&mut record)?);
        read_text(record, event, |_| Err(Corrupt::Number.into()))
    }
}
// ANCHOR_END: binary

/// Stands where a length would, for a text that is a number's: 64 digits of hex.
const NUMBERED: u32 = u32::MAX;

/// Writes tags and content. A text for which `number` has one is written as that.
pub(super) fn write_text(
    event: &Event,
    record: &mut Vec<u8>,
    mut number: impl FnMut(&str) -> Option<Serial>,
) {
    // A frame is far too short for more tags, or longer texts, than that.
    record.extend_from_slice(&(event.tags().len() as u16).to_be_bytes());
    for tag in event.tags() {
        record.extend_from_slice(&(tag.items().len() as u16).to_be_bytes());
        for item in tag.items() {
            match number(item) {
                Some(number) => {
                    record.extend_from_slice(&NUMBERED.to_be_bytes());
                    record.extend_from_slice(&number.to_be_bytes());
                }
                None => {
                    record.extend_from_slice(&(item.len() as u32).to_be_bytes());
                    record.extend_from_slice(item.as_bytes());
                }
            }
        }
    }
    record.extend_from_slice(event.content().as_bytes());
}

/// Reads tags and content.
pub(super) fn read_text(
    mut record: &[u8],
    event: &mut Event,
    mut value: impl FnMut(Serial) -> Fallible<[u8; 32]>,
) -> Fallible<()> {
    for _ in 0..u16::from_be_bytes(take(&mut record)?) {
        for _ in 0..u16::from_be_bytes(take(&mut record)?) {
            match u32::from_be_bytes(take(&mut record)?) {
                NUMBERED => {
                    let value = value(Serial::from_be_bytes(take(&mut record)?))?;
                    let mut digits = [0; EventId::HEX_LENGTH];
                    event.push_item(EventId::new(value).write_hex(&mut digits));
                }
                length => {
                    let text = record
                        .split_off(..length as usize)
                        .ok_or(Corrupt::Truncated)?;
                    event.push_item(str::from_utf8(text)?);
                }
            }
        }
        event.end_tag();
    }
    event.push_content(str::from_utf8(record)?);
    Ok(())
}

/// The next so many bytes.
pub(super) fn take<const N: usize>(record: &mut &[u8]) -> Result<[u8; N], Corrupt> {
    let (bytes, rest) = record.split_first_chunk().ok_or(Corrupt::Truncated)?;
    *record = rest;
    Ok(*bytes)
}
