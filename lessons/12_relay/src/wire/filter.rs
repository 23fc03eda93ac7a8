//! A filter as a client writes it.

use super::reader::{self, Reader};
use super::{FrameLimits, Reason, hex, not_hex, set, twice};
use crate::event::EventId;
use crate::event::hex::from_hex;
use crate::filter::{Filter, TagFilter, Texts};

/// Reads a filter, and normalises it.
///
/// What NIP-01 rules out is refused, so that a client learns why it gets nothing: prefixes and upper case in `ids`,
/// `authors`, `#e` and `#p`, and members that are none of the protocol's, which would narrow the answer if they were
/// understood.
pub(super) fn read(reader: &mut Reader<'_>, limits: &FrameLimits) -> Result<Filter, Reason> {
    let mut draft = Draft {
        filter: Filter::default(),
        values: 0,
        limits,
    };
    reader.each(b'{', "a filter", |reader| {
        let name = reader.name()?.decoded();
        draft.member(&name, reader)
    })?;
    draft.filter.normalise();
    Ok(draft.filter)
}

struct Draft<'a> {
    filter: Filter,
    /// How many there are in all lists.
    values: usize,
    limits: &'a FrameLimits,
}

impl Draft<'_> {
    fn member(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<(), Reason> {
        match name.as_bytes() {
            b"ids" => {
                let ids = self.list(reader, |reader| hex(name, reader, from_hex))?;
                set(&mut self.filter.ids, ids, name)
            }
            b"authors" => {
                let authors = self.list(reader, |reader| hex(name, reader, from_hex))?;
                set(&mut self.filter.authors, authors, name)
            }
            b"kinds" => {
                let kinds = self.list(reader, |reader| integer(name, reader))?;
                // No event has a kind beyond 16 bits.
                let kinds = kinds.into_iter().filter_map(|kind| kind.try_into().ok());
                set(&mut self.filter.kinds, kinds.collect(), name)
            }
            b"since" => {
                let since = integer(name, reader)?;
                self.never_if(since > u64::MAX.into());
                set(&mut self.filter.since, clamped(since), name)
            }
            b"until" => {
                let until = integer(name, reader)?;
                self.never_if(until < 0);
                set(&mut self.filter.until, clamped(until), name)
            }
            b"limit" => {
                let limit = integer(name, reader)?;
                if limit < 0 {
                    return Err("invalid: limit is negative".into());
                }
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                set(&mut self.filter.limit, limit, name)
            }
            [b'#', letter] if letter.is_ascii_alphabetic() => self.tag(*letter, name, reader),
            _ => Err("unsupported: filter contains unknown elements".into()),
        }
    }

    /// Clamped to the first or the last second of all, a time would match events of that second: no value of a tag
    /// matches none.
    fn never_if(&mut self, beyond: bool) {
        let values = Texts::default();
        let nothing = beyond.then_some(TagFilter {
            letter: b'-',
            values,
        });
        self.filter.tags.extend(nothing);
    }

    fn tag(&mut self, letter: u8, name: &str, reader: &mut Reader<'_>) -> Result<(), Reason> {
        if self.filter.tags.iter().any(|tag| tag.letter == letter) {
            return Err(twice(name));
        }
        let mut values = Texts::default();
        self.list(reader, |reader| {
            let value = reader.string()?.decoded();
            if let b'e' | b'p' = letter {
                from_hex::<EventId>(value.as_bytes()).map_err(|error| not_hex(name, error))?;
            }
            values.push(&value);
            Ok(())
        })?;
        self.filter.tags.push(TagFilter { letter, values });
        Ok(())
    }

    fn list<T>(
        &mut self,
        reader: &mut Reader<'_>,
        mut value: impl FnMut(&mut Reader<'_>) -> Result<T, Reason>,
    ) -> Result<Vec<T>, Reason> {
        let mut list = Vec::new();
        reader.each(b'[', "an array", |reader| {
            self.values += 1;
            if self.values > self.limits.max_filter_values {
                let most = self.limits.max_filter_values;
                return Err(Reason::from(format!(
                    "invalid: a filter has at most {most} values"
                )));
            }
            list.push(value(reader)?);
            Ok(())
        })?;
        Ok(list)
    }
}

fn clamped(seconds: i128) -> u64 {
    seconds.clamp(0, u64::MAX.into()) as u64
}

fn integer(name: &str, reader: &mut Reader<'_>) -> Result<i128, Reason> {
    let integer = reader::integer(reader.number()?);
    integer.ok_or_else(|| format!("invalid: {name}: not an integer").into())
}
