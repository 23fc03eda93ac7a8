//! Tags and content by the part `record_fields`: time, kind and author stay the relay's, and so do the numbers of values.

use super::take_value;
use super::{Corrupt, ITSELF, Lookup, Place, Reader, Role, Writer, as_value, push_number, role_in};
use crate::event::Event;
use crate::parts::record_fields;

impl Writer<'_> {
    /// In place of tags and content.
    pub(super) fn part(&mut self, event: &Event) {
        let places = &mut *self.places;
        // A part doesn't say whom a value stands for: the next tag that has it does.
        let named = event
            .tags()
            .flat_map(|tag| tag.items().map(move |item| (tag.name(), item)));
        let mut named = named
            .filter_map(|(name, item)| Some((name, as_value(item)?)))
            .peekable();
        let mut put_value = |fields: &mut Vec<u8>, value: &[u8; 32]| {
            let of = match named.next_if(|(_, named)| named == value) {
                Some((name, _)) => role_in(name),
                None => Role::Mention,
            };
            let at = fields.len() as u32;
            places.push(Place { at, of });
            push_number(fields, ITSELF);
            fields.extend_from_slice(value);
        };
        let (text, items, tags) = event.flat();
        record_fields::encode(
            (text, items, tags),
            &mut put_value,
            (self.fields, self.text),
        );
    }
}

impl<L: Lookup> Reader<'_, L> {
    /// In place of tags and content. What a part gives is looked at before anything is cut by it.
    pub(super) fn part(&mut self) -> Result<(), L::Error> {
        let mut failure = None;
        let mut take_value = |from: &mut &[u8]| {
            let value = take_value(from, &mut self.highest, self.lookup);
            value.map_err(|error| failure = Some(error)).ok()
        };
        let (text, items, tags) = self.into.flat_mut();
        let fields = std::mem::take(&mut self.fields);
        let read = record_fields::decode(
            (fields, self.text),
            &mut take_value,
            (&mut *text, &mut *items, &mut *tags),
        );
        let is_whole = items.is_sorted()
            && items.iter().all(|end| text.is_char_boundary(*end as usize))
            && tags.is_sorted()
            && tags.last().map_or(0, |end| *end as usize) == items.len();
        match (failure, read) {
            (Some(failure), _) => Err(failure),
            (None, Some(())) if is_whole => Ok(()),
            _ => Err(Corrupt::Text.into()),
        }
    }
}
