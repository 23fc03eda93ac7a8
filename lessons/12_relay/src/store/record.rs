//! One event as bytes, and back.
//!
//! ```text
//! head           form of the strings, their dictionary, whether the time is beyond 32 bits         1
//! [length]       of the fields, where strings follow them                                           1 or 2
//! fields         [time] kind author tags content                                                    about 15
//! strings        one block of zstd, or as they are                                                  as needed
//! signature                                                                                         64
//! ```
//!
//! The id is computed and the time is in the key. A tag is the byte of its shape and what the shape leaves open, and
//! several of one shape share the byte. 32-byte values are serials of a table, or follow themselves. All strings stand one
//! behind the other, each ended by a byte that UTF-8 doesn't have, the content last; another such byte stands for
//! 64 digits of hex in them, wherever they are.

#[cfg(all(feature = "record_fields", not(test)))]
mod part;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pooling::Recycle;

use super::strings::{Compressor, Decompressor, Form};
use super::tables::{Serial, Tid};
pub use super::words::STATIC_VERSION;
use super::words::{self, CONTENTS, Item, SHAPES, Shape};
use crate::event::{Event, PublicKey, Signature, Tag};

/// In the head: the dictionary, the form of the strings, and whether the fields begin with the time.
const DICTIONARY: u8 = 0x0f;
const FORM: u32 = 4;
const LATE: u8 = 0x40;

/// Ends a string.
const END: u8 = 0xff;
/// Stands for 64 digits of hex in a string.
const HEX: u8 = 0xfe;

/// Where a tag may begin: the place of its shape, with a bit for several, then their number.
const SEVERAL: u8 = 0x80;
/// Or this, the number of its items, and each with what it is.
const ANY_SHAPE: u8 = 0x7f;
/// Or one of these, which end the tags and say what the content is.
const TEXT: u8 = 104;
const BASE64: u8 = 105;
const BASE64_IV: u8 = 106;
const CONTENT: u8 = 107;
/// Items of a tag that may have a shape, its name counted.
const LONGEST_SHAPE: usize = 5;
const _: () = assert!(SHAPES.len() <= TEXT as usize);
const _: () = assert!(CONTENTS.len() <= (ANY_SHAPE - CONTENT) as usize);

/// What the items of a tag of any shape are; from `WORD` on, the word.
const ITEM_TEXT: u8 = 0;
const ITEM_VALUE: u8 = 1;
const ITEM_NUMBER: u8 = 2;
const ITEM_ADDRESS: u8 = 3;
const WORD: u8 = 4;

/// What a 32-byte value begins with: the serial after the highest so far in this record, the bytes themselves, or
/// the serial from `SERIAL` on.
const NEXT: u64 = 0;
const ITSELF: u64 = 1;
const SERIAL: u64 = 2;

/// More tags than any frame has; an event with more is written by [`encode_raw`]. A few bytes of zstd can stand for
/// millions of empty strings, so the strings alone would not bound them.
const TAGS_AT_MOST: u64 = 1 << 16;

/// From here on, a number in a tag of any shape stays text: what repeats in it is worth more than its digits.
const SMALL: u64 = 1 << 21;

/// Shorter contents are no base64.
const BASE64_AT_LEAST: usize = 24;

/// Between the two parts of a message of NIP-04.
const IV: &str = "?iv=";

/// What a tag refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refers {
    /// An author.
    Key,
    /// An event.
    Id,
}

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

    /// The same for the key or id that a tag refers to, which is what its name says, where the record may keep the 32 bytes
    /// itself (`None`): that is shorter for a value that no other record has.
    ///
    /// # Errors
    ///
    /// As for [`serial`](Self::serial).
    fn reference(
        &mut self,
        value: &[u8; 32],
        _refers: Refers,
    ) -> Result<Option<Serial>, Self::Error> {
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

/// A record in which every value stands itself: it needs no table, so that it can be made, and decoded to see whether
/// the event comes back, by any thread. [`number`] makes the record to store of it.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub(super) record: &'a [u8],
    /// Where the fields begin and end in it.
    pub(super) fields: (u32, u32),
    /// Where the values are in the fields.
    pub(super) places: &'a [Place],
}

/// Where a value stands in the fields of a draft, and what it is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: u32,
    of: Role,
}

/// Whom a value stands for, which says how it gets a number: see [`Values`].
#[derive(Clone, Copy, Debug)]
enum Role {
    Author,
    Reference(Refers),
    Mention,
}

/// Writes an event's record into `out`, in place of what is there.
///
/// # Errors
///
/// Those of the values.
pub fn encode<V: Values>(
    event: &Event,
    values: &mut V,
    strings: &mut Compressor,
    out: &mut Vec<u8>,
) -> Result<(), V::Error> {
    draft(event, strings);
    number(strings.drafted(), values, out)
}

/// Makes the draft of an event's record, which [`Compressor::drafted`] then has.
pub fn draft(event: &Event, strings: &mut Compressor) {
    strings.begin();
    let Compressor {
        fields,
        text,
        shapes,
        places,
        ..
    } = strings;
    for tag in event.tags() {
        shapes.push(shape_of(&tag, shapes.last().copied()));
    }
    let mut writer = Writer {
        fields,
        text,
        places,
    };
    writer.start(event);
    writer.value(event.pubkey.as_bytes(), Some(Role::Author));
    #[cfg(all(feature = "record_fields", not(test)))]
    writer.part(event);
    #[cfg(any(not(feature = "record_fields"), test))]
    {
        writer.tags(event, shapes);
        writer.content(event.content());
    }
    let form = strings.pack();
    let number = match form {
        Form::Block | Form::Blocks => strings.dictionary(),
        Form::Nothing | Form::Raw => 0,
    };
    assemble(event, form, number, strings);
}

/// The same for an event that should not come back from that: takes nothing apart, looks nothing up and needs no
/// dictionary.
///
/// The part `record_fields` gets no such second chance: an event that it spoils would go unnoticed.
pub fn draft_raw(event: &Event, strings: &mut Compressor) {
    if cfg!(all(feature = "record_fields", not(test))) {
        return;
    }
    strings.begin();
    let Compressor {
        fields,
        text,
        places,
        ..
    } = strings;
    let mut writer = Writer {
        fields,
        text,
        places,
    };
    writer.start(event);
    writer.value(event.pubkey.as_bytes(), None);
    for tag in event.tags() {
        writer.fields.push(ANY_SHAPE);
        writer.number(tag.items().len() as u64);
        for item in tag.items() {
            writer.fields.push(ITEM_TEXT);
            writer.text.extend_from_slice(item.as_bytes());
            writer.text.push(END);
        }
    }
    writer.fields.push(TEXT);
    writer.text.extend_from_slice(event.content().as_bytes());
    assemble(event, Form::Raw, 0, strings);
}

/// Writes the record of a draft into `out`, in place of what is there: numbers stand for those values that have one.
///
/// # Errors
///
/// Those of the values.
pub fn number<V: Values>(draft: Draft, values: &mut V, out: &mut Vec<u8>) -> Result<(), V::Error> {
    let (start, end) = (draft.fields.0 as usize, draft.fields.1 as usize);
    let fields = &draft.record[start..end];
    out.clear();
    out.push(draft.record[0]);
    let (mut copied, mut highest) = (0, 0);
    for place in draft.places {
        let at = place.at as usize;
        // Behind the number that says that it stands here itself.
        let mut rest = &fields[at..];
        let _ = take_number(&mut rest);
        let value = rest.first_chunk().unwrap_or(&[0; 32]);
        let serial = match place.of {
            Role::Author => Some(values.serial(value)?),
            Role::Reference(refers) => values.reference(value, refers)?,
            Role::Mention => values.mention(value)?,
        };
        let Some(serial) = serial.map(u64::from) else {
            continue;
        };
        out.extend_from_slice(&fields[copied..at]);
        copied = fields.len() - rest.len() + value.len();
        let is_next = serial == highest + 1;
        push_number(out, if is_next { NEXT } else { serial + SERIAL });
        highest = highest.max(serial);
    }
    out.extend_from_slice(&fields[copied..]);
    if Form::of(draft.record[0] >> FORM) != Form::Nothing {
        let end = out.len();
        push_number(out, end as u64 - 1);
        let length = out.len() - end;
        out[1..].rotate_right(length);
    }
    out.extend_from_slice(&draft.record[end..]);
    Ok(())
}

/// The number of the dictionary that a record needs, if it needs one.
pub fn dictionary_of(record: &[u8]) -> Option<u32> {
    let head = *record.first()?;
    let compressed = matches!(Form::of(head >> FORM), Form::Block | Form::Blocks);
    compressed.then_some(u32::from(head & DICTIONARY))
}

/// The part of a record that holds its strings; empty if there are none.
pub fn strings_of(record: &[u8]) -> &[u8] {
    let split = || {
        let (rest, _) = record.split_last_chunk::<64>()?;
        let (&head, mut rest) = rest.split_first()?;
        let length = match Form::of(head >> FORM) {
            Form::Nothing => return None,
            _ => take_number(&mut rest).ok()?,
        };
        rest.get(usize::try_from(length).ok()?..)
    };
    split().unwrap_or_default()
}

fn assemble(event: &Event, form: Form, number: u8, strings: &mut Compressor) {
    let late = if is_late(event) { LATE } else { 0 };
    let mut out = std::mem::take(&mut strings.draft);
    out.push(number | (form as u8) << FORM | late);
    if form != Form::Nothing {
        push_number(&mut out, strings.fields.len() as u64);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&strings.fields);
    strings.fields_at = (start, out.len() as u32);
    if form == Form::Blocks {
        push_number(&mut out, strings.text.len() as u64);
    }
    out.extend_from_slice(strings.packed(form));
    out.extend_from_slice(event.sig.as_bytes());
    strings.draft = out;
}

/// Whether the key has no room for the time.
fn is_late(event: &Event) -> bool {
    event.created_at > u64::from(u32::MAX)
}

#[cfg(all(feature = "varints", not(test)))]
use crate::parts::varints::push_number;

#[cfg(all(feature = "varints", not(test)))]
fn take_number(from: &mut &[u8]) -> Result<u64, Corrupt> {
    crate::parts::varints::take_number(from).ok_or(Corrupt::Number)
}

/// Seven bits a byte, the lowest first; the eighth says that there are more.
#[cfg(any(not(feature = "varints"), test))]
fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A decimal number that is printed as it was written.
fn as_number(text: &str) -> Option<u64> {
    let canonical = match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    text.parse().ok().filter(|_| canonical)
}

/// 64 digits of lower-case hex.
fn as_value(text: &str) -> Option<[u8; 32]> {
    let value = PublicKey::from_hex(text.as_bytes()).ok();
    value.map(PublicKey::into_bytes)
}

/// `kind:pubkey:identifier`.
fn as_address(text: &str) -> Option<(u64, [u8; 32], &str)> {
    let (kind, rest) = text.split_once(':')?;
    let (value, identifier) = rest.split_once(':')?;
    Some((as_number(kind)?, as_value(value)?, identifier))
}

/// The place of the first shape that a tag fits; of that of the tag before, if it fits, since a run is shorter still.
fn shape_of(tag: &Tag, before: Option<u8>) -> u8 {
    let (name, length) = (tag.name(), tag.items().len());
    if length == 0 || length > LONGEST_SHAPE {
        return ANY_SHAPE;
    }
    // Asked once, not for each shape.
    let mut known = [(false, false); LONGEST_SHAPE];
    for (known, text) in known.iter_mut().zip(tag.items()) {
        *known = (as_value(text).is_some(), words::code(text).is_some());
    }
    let item_fits = |item: &Item, text: &str, (is_value, is_word): (bool, bool)| match item {
        Item::Value => is_value,
        Item::Word => is_word,
        Item::Is(word) => text == *word,
        Item::Number => as_number(text).is_some(),
        Item::Address => as_address(text).is_some(),
        Item::Text => !is_value,
    };
    let fits = |shape: &Shape| {
        let mut items = shape.items.iter().zip(tag.items().zip(known).skip(1));
        shape.items.len() + 1 == length
            && shape.name == name
            && items.all(|(item, (text, known))| item_fits(item, text, known))
    };
    match before.filter(|place| SHAPES.get(usize::from(*place)).is_some_and(fits)) {
        Some(place) => place,
        None => (SHAPES.iter().position(fits)).map_or(ANY_SHAPE, |place| place as u8),
    }
}

/// Nobody to ask: for drafts, which name no serial.
impl Lookup for () {
    type Error = Corrupt;

    fn value(&self, _serial: Serial) -> Result<[u8; 32], Corrupt> {
        Err(Corrupt::Number)
    }
}

/// Whom a value stands for in a tag of this name.
fn role_in(name: &str) -> Role {
    match name {
        "e" | "q" | "E" => Role::Reference(Refers::Id),
        "p" | "a" | "P" | "A" => Role::Reference(Refers::Key),
        _ => Role::Mention,
    }
}

struct Writer<'a> {
    fields: &'a mut Vec<u8>,
    text: &'a mut Vec<u8>,
    places: &'a mut Vec<Place>,
}

impl Writer<'_> {
    fn start(&mut self, event: &Event) {
        if is_late(event) {
            self.number(event.created_at);
        }
        self.number(u64::from(event.kind));
    }

    fn number(&mut self, number: u64) {
        push_number(self.fields, number);
    }

    /// A value; of no role, it will get no number.
    fn value(&mut self, value: &[u8; 32], role: Option<Role>) {
        let at = self.fields.len() as u32;
        self.places.extend(role.map(|of| Place { at, of }));
        self.number(ITSELF);
        self.fields.extend_from_slice(value);
    }

    /// A string, without what ends it.
    fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let (mut copied, mut place) = (0, 0);
        while let Some(digits) = bytes.get(place..place + 2 * 32) {
            // Looked at from its end, a window without hex is passed after one byte.
            let is_hex = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
            match digits.iter().rposition(|digit| !is_hex(digit)) {
                Some(other) => place += other + 1,
                None => {
                    self.text.extend_from_slice(&bytes[copied..place]);
                    self.text.push(HEX);
                    let value = PublicKey::from_hex(digits).unwrap_or(PublicKey::ZERO);
                    self.value(value.as_bytes(), Some(Role::Mention));
                    place += digits.len();
                    copied = place;
                }
            }
        }
        self.text.extend_from_slice(&bytes[copied..]);
    }

    fn tags(&mut self, event: &Event, shapes: &[u8]) {
        let mut tags = event.tags();
        for run in shapes.chunk_by(PartialEq::eq) {
            let (code, count) = (run[0], run.len());
            let shape = SHAPES.get(usize::from(code));
            let together = count > 1 && shape.is_some_and(|shape| shape.has_content());
            if together {
                self.fields.push(code | SEVERAL);
                self.number(count as u64);
            }
            for tag in tags.by_ref().take(count) {
                if !together {
                    self.fields.push(code);
                }
                match shape {
                    None => self.any_tag(&tag),
                    Some(shape) => {
                        for (item, text) in shape.items.iter().zip(tag.items().skip(1)) {
                            self.item(*item, shape.name, text);
                        }
                    }
                }
            }
        }
    }

    /// A tag of no shape: each item with what it is.
    fn any_tag(&mut self, tag: &Tag) {
        self.number(tag.items().len() as u64);
        for text in tag.items() {
            let (code, item) = if let Some(code) = words::code(text) {
                (WORD + code, Item::Is(""))
            } else if as_value(text).is_some() {
                (ITEM_VALUE, Item::Value)
            } else if as_number(text).is_some_and(|number| number < SMALL) {
                (ITEM_NUMBER, Item::Number)
            } else if as_address(text).is_some() {
                (ITEM_ADDRESS, Item::Address)
            } else {
                (ITEM_TEXT, Item::Text)
            };
            self.fields.push(code);
            self.item(item, tag.name(), text);
        }
    }

    /// What a shape leaves open. The text has been found to fit.
    fn item(&mut self, item: Item, name: &str, text: &str) {
        match item {
            Item::Is(_) => {}
            Item::Word => self.fields.push(words::code(text).unwrap_or_default()),
            Item::Number => self.number(as_number(text).unwrap_or_default()),
            Item::Value => {
                let value = as_value(text).unwrap_or_default();
                self.value(&value, Some(role_in(name)));
            }
            Item::Address => {
                let (kind, value, identifier) = as_address(text).unwrap_or_default();
                self.number(kind);
                self.value(&value, Some(Role::Reference(Refers::Key)));
                self.item(Item::Text, name, identifier);
            }
            Item::Text => {
                self.text(text);
                self.text.push(END);
            }
        }
    }

    fn content(&mut self, content: &str) {
        if let Some(place) = CONTENTS.iter().position(|known| *known == content) {
            self.fields.push(CONTENT + place as u8);
            return;
        }
        let start = self.fields.len();
        let parts = content.split_once(IV);
        self.fields
            .push(if parts.is_some() { BASE64_IV } else { BASE64 });
        let (first, iv) = parts.unwrap_or((content, ""));
        if first.len() >= BASE64_AT_LEAST
            && self.base64(first)
            && (parts.is_none() || self.base64(iv))
        {
            return;
        }
        self.fields.truncate(start);
        self.fields.push(TEXT);
        self.text(content)
    }

    /// The bytes of a text that is base64 with the padding that belongs there, and false if it isn't.
    fn base64(&mut self, text: &str) -> bool {
        let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
        if !text.len().is_multiple_of(4) || padding > 2 {
            return false;
        }
        self.number((text.len() / 4 * 3).saturating_sub(padding) as u64);
        STANDARD.decode_vec(text, self.fields).is_ok()
    }
}

/// Reads a record into an event, in place of what is there, and computes its id.
///
/// # Errors
///
/// A damaged record, or those of the lookup.
pub fn decode<L: Lookup>(
    tid: Tid,
    record: &[u8],
    lookup: &L,
    strings: &mut Decompressor,
    into: &mut Event,
) -> Result<(), L::Error> {
    decode_but_id(tid, record, lookup, strings, into)?;
    into.id = into.canonical_id();
    Ok(())
}

/// The same, but for the id, which is left at zero.
pub(super) fn decode_but_id<L: Lookup>(
    tid: Tid,
    record: &[u8],
    lookup: &L,
    strings: &mut Decompressor,
    into: &mut Event,
) -> Result<(), L::Error> {
    into.clear();
    let (rest, sig) = record.split_last_chunk().ok_or(Corrupt::Truncated)?;
    into.sig = Signature::new(*sig);
    let (&head, mut rest) = rest.split_first().ok_or(Corrupt::Truncated)?;
    let form = Form::of(head >> FORM);
    let mut fields = rest;
    if form != Form::Nothing {
        let length = usize::try_from(take_number(&mut rest)?).map_err(|_| Corrupt::Number)?;
        (fields, rest) = rest.split_at_checked(length).ok_or(Corrupt::Truncated)?;
    }
    let number = head & DICTIONARY;
    let text = match form {
        Form::Nothing => &[],
        Form::Raw => rest,
        Form::Block => strings.block(number, rest)?,
        Form::Blocks => {
            let length = take_number(&mut rest)?;
            strings.blocks(number, length, rest)?
        }
    };
    let mut reader = Reader {
        fields,
        text,
        lookup,
        into,
        highest: 0,
    };
    reader.start(tid, head)?;
    #[cfg(all(feature = "record_fields", not(test)))]
    reader.part()?;
    #[cfg(any(not(feature = "record_fields"), test))]
    reader.tags_and_content()?;
    if !reader.fields.is_empty() {
        return Err(Corrupt::Leftover.into());
    }
    Ok(())
}

/// The kind of the event in a record, of which the beginning suffices.
///
/// # Errors
///
/// [`Corrupt`] where even that can't be read.
pub fn kind(record: &[u8]) -> Result<u16, Corrupt> {
    let (&head, mut rest) = record.split_first().ok_or(Corrupt::Truncated)?;
    if Form::of(head >> FORM) != Form::Nothing {
        take_number(&mut rest)?;
    }
    if head & LATE != 0 {
        take_number(&mut rest)?;
    }
    u16::try_from(take_number(&mut rest)?).map_err(|_| Corrupt::Number)
}

#[cfg(any(not(feature = "varints"), test))]
fn take_number(from: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first().ok_or(Corrupt::Truncated)?;
        *from = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        number |= bits << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Corrupt::Number)
}

/// A value: itself, or by its serial, of which the highest so far is kept.
fn take_value<L: Lookup>(
    from: &mut &[u8],
    highest: &mut u64,
    lookup: &L,
) -> Result<[u8; 32], L::Error> {
    let serial = match take_number(from)? {
        ITSELF => {
            let (value, rest) = from.split_first_chunk().ok_or(Corrupt::Truncated)?;
            *from = rest;
            return Ok(*value);
        }
        NEXT => *highest + 1,
        serial => serial - SERIAL,
    };
    *highest = serial.max(*highest);
    let serial = Serial::try_from(serial).map_err(|_| Corrupt::Number)?;
    lookup.value(serial)
}

struct Reader<'a, L> {
    fields: &'a [u8],
    text: &'a [u8],
    lookup: &'a L,
    into: &'a mut Event,
    highest: u64,
}

impl<'a, L: Lookup> Reader<'a, L> {
    fn start(&mut self, tid: Tid, head: u8) -> Result<(), L::Error> {
        let [time @ .., _, _] = tid.0;
        self.into.created_at = match head & !(DICTIONARY | 3 << FORM) {
            0 => u64::from(u32::from_be_bytes(time)),
            LATE => self.number()?,
            _ => return Err(Corrupt::Unknown(head).into()),
        };
        self.into.kind = u16::try_from(self.number()?).map_err(|_| Corrupt::Number)?;
        self.into.pubkey = self.value()?;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Corrupt> {
        let (&byte, rest) = self.fields.split_first().ok_or(Corrupt::Truncated)?;
        self.fields = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, Corrupt> {
        take_number(&mut self.fields)
    }

    fn bytes(&mut self) -> Result<&'a [u8], Corrupt> {
        let length = usize::try_from(self.number()?).map_err(|_| Corrupt::Number)?;
        let (bytes, rest) = self
            .fields
            .split_at_checked(length)
            .ok_or(Corrupt::Truncated)?;
        self.fields = rest;
        Ok(bytes)
    }

    fn value(&mut self) -> Result<PublicKey, L::Error> {
        take_value(&mut self.fields, &mut self.highest, self.lookup).map(PublicKey::new)
    }

    /// A value's digits, appended to the text of the event.
    fn hex(&mut self) -> Result<(), L::Error> {
        let value = self.value()?;
        let mut digits = [0; PublicKey::HEX_LENGTH];
        self.into.text_mut().push_str(value.write_hex(&mut digits));
        Ok(())
    }

    /// A string, appended to the text of the event.
    fn text(&mut self, mut string: &[u8]) -> Result<(), L::Error> {
        while let Some(place) = string.iter().position(|byte| *byte == HEX) {
            self.plain(&string[..place])?;
            self.hex()?;
            string = &string[place + 1..];
        }
        Ok(self.plain(string)?)
    }

    fn plain(&mut self, string: &[u8]) -> Result<(), Corrupt> {
        let string = str::from_utf8(string).map_err(|_| Corrupt::Text)?;
        self.into.text_mut().push_str(string);
        Ok(())
    }

    fn tags_and_content(&mut self) -> Result<(), L::Error> {
        loop {
            let code = self.byte()?;
            let place = code & !SEVERAL;
            if let Some(shape) = SHAPES.get(usize::from(place)) {
                // Tags without content take no bytes, so nothing would bound their number.
                let count = match code & SEVERAL {
                    0 => 1,
                    _ if shape.has_content() => self.number()?,
                    _ => return Err(Corrupt::Unknown(code).into()),
                };
                if self.into.tags().len() as u64 > TAGS_AT_MOST.saturating_sub(count) {
                    return Err(Corrupt::Number.into());
                }
                for _ in 0..count {
                    self.into.push_item(shape.name);
                    for item in shape.items {
                        self.item(*item)?;
                    }
                    self.into.end_tag();
                }
            } else if code == ANY_SHAPE {
                self.any_tag()?;
            } else {
                return self.content(code);
            }
        }
    }

    fn any_tag(&mut self) -> Result<(), L::Error> {
        for _ in 0..self.number()? {
            let item = match self.byte()? {
                ITEM_TEXT => Item::Text,
                ITEM_VALUE => Item::Value,
                ITEM_NUMBER => Item::Number,
                ITEM_ADDRESS => Item::Address,
                code => Item::Is(words::word(code - WORD).ok_or(Corrupt::Unknown(code))?),
            };
            self.item(item)?;
        }
        self.into.end_tag();
        Ok(())
    }

    fn item(&mut self, item: Item) -> Result<(), L::Error> {
        match item {
            Item::Is(word) => self.into.text_mut().push_str(word),
            Item::Word => {
                let code = self.byte()?;
                let word = words::word(code).ok_or(Corrupt::Unknown(code))?;
                self.into.text_mut().push_str(word);
            }
            Item::Number => self.decimal()?,
            Item::Value => self.hex()?,
            Item::Address => {
                self.decimal()?;
                self.into.text_mut().push(':');
                self.hex()?;
                self.into.text_mut().push(':');
                return self.item(Item::Text);
            }
            Item::Text => {
                let text = self.text;
                let end = text.iter().position(|byte| *byte == END);
                let (string, rest) = text.split_at(end.ok_or(Corrupt::Truncated)?);
                self.text = &rest[1..];
                self.text(string)?;
            }
        }
        self.into.end_item();
        Ok(())
    }

    fn decimal(&mut self) -> Result<(), Corrupt> {
        let number = self.number()?;
        write!(self.into.text_mut(), "{number}").map_err(|_| Corrupt::Number)
    }

    /// What is left of the strings is content; where it is kept otherwise, nothing is left.
    fn content(&mut self, code: u8) -> Result<(), L::Error> {
        if code == TEXT {
            return self.text(self.text);
        }
        if !self.text.is_empty() {
            return Err(Corrupt::Leftover.into());
        }
        let place = usize::from(code.wrapping_sub(CONTENT));
        match code {
            BASE64 => STANDARD.encode_string(self.bytes()?, self.into.text_mut()),
            BASE64_IV => {
                STANDARD.encode_string(self.bytes()?, self.into.text_mut());
                self.into.text_mut().push_str(IV);
                STANDARD.encode_string(self.bytes()?, self.into.text_mut());
            }
            _ => {
                let content = CONTENTS.get(place).ok_or(Corrupt::Unknown(code))?;
                self.into.push_content(content);
            }
        }
        Ok(())
    }
}
