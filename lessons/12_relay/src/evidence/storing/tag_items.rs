//! What an item of a tag is: found out, or written down.

use super::corpus::events;
use crate::event::PublicKey;

/// A byte before each item: the length of text that follows, or this for 32 bytes.
const VALUE: u8 = 0xff;

/// The items of tags in two forms, and room for text.
pub(crate) struct Tags {
    /// Each with its length before it, ids and keys in hex.
    text: Vec<u8>,
    /// Each with its flag before it, ids and keys as bytes.
    flagged: Vec<u8>,
}

impl Tags {
    /// Those of so many events that are below 255 bytes, names left out.
    pub fn of(count: usize) -> Self {
        let (mut text, mut flagged) = (Vec::new(), Vec::new());
        for event in events(count) {
            let items = event.tags().flat_map(|tag| tag.items().skip(1));
            for item in items.filter(|item| item.len() < usize::from(VALUE)) {
                text.push(item.len() as u8);
                text.extend_from_slice(item.as_bytes());
                match PublicKey::from_hex(item.as_bytes()) {
                    Ok(value) => {
                        flagged.push(VALUE);
                        flagged.extend_from_slice(value.as_bytes());
                    }
                    Err(_) => {
                        flagged.push(item.len() as u8);
                        flagged.extend_from_slice(item.as_bytes());
                    }
                }
            }
        }
        Self { text, flagged }
    }
}

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Found {
    values: usize,
    /// The first bytes of all values, combined.
    check: u8,
    /// The bytes of all other items.
    text: usize,
}

// ANCHOR: by_form
/// Sixty-four digits of lower-case hex are a value: every item has to be looked at.
pub(crate) fn by_form(tags: &Tags) -> Found {
    let (mut found, mut rest) = (Found::default(), &tags.text[..]);
    while let Some((length, more)) = rest.split_first() {
        let (item, more) = more.split_at(usize::from(*length));
        match PublicKey::from_hex(item) {
            Ok(value) => found.value(value.as_bytes()),
            Err(_) => found.text += item.len(),
        }
        rest = more;
    }
    found
}
// ANCHOR_END: by_form

// ANCHOR: by_flag
/// The byte before it says what it is.
pub(crate) fn by_flag(tags: &Tags) -> Found {
    let (mut found, mut rest) = (Found::default(), &tags.flagged[..]);
    while let Some((flag, more)) = rest.split_first() {
        let length = match *flag {
            VALUE => 32,
            length => usize::from(length),
        };
        let (item, more) = more.split_at(length);
        match *flag {
            VALUE => found.value(item),
            _ => found.text += length,
        }
        rest = more;
    }
    found
}
// ANCHOR_END: by_flag

impl Found {
    fn value(&mut self, value: &[u8]) {
        self.values += 1;
        self.check = self.check.rotate_left(1) ^ value[0];
    }
}
