//! Decoding a record that says itself how many tags follow. Each step gives `None` where the record ends too early.

use std::ops::Range;

/// A record from the network: a count in four bytes, then that many tags of one length byte and so many bytes of text.
#[derive(Debug)]
pub struct Record(pub Vec<u8>);

/// Where in the record each tag's text is.
pub type Tags = Vec<Range<usize>>;

impl Record {
    /// A record of so many tags of eight bytes.
    pub fn honest(tags: u32) -> Self {
        let mut bytes = tags.to_be_bytes().to_vec();
        for _ in 0..tags {
            bytes.push(8);
            bytes.extend_from_slice(b"hashtags");
        }
        Self(bytes)
    }

    /// Three tags, and a count that promises a million.
    pub fn hostile() -> Self {
        let Self(mut bytes) = Self::honest(3);
        bytes[..4].copy_from_slice(&1_000_000u32.to_be_bytes());
        Self(bytes)
    }

    /// The count, and a reader of the tags.
    fn open(&self) -> Option<(usize, Reader<'_>)> {
        let (count, _) = self.0.split_first_chunk()?;
        let reader = Reader {
            bytes: &self.0,
            at: count.len(),
        };
        Some((u32::from_be_bytes(*count) as usize, reader))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn tag(&mut self) -> Option<Range<usize>> {
        let length = *self.bytes.get(self.at)?;
        let start = self.at + 1;
        let end = start + usize::from(length);
        self.bytes.get(start..end)?;
        self.at = end;
        Some(start..end)
    }

    fn bytes_left(&self) -> usize {
        self.bytes.len() - self.at
    }
}

// ANCHOR: push
/// Believes in the tags that it has seen.
pub fn push(record: &Record) -> Option<Tags> {
    let (count, mut reader) = record.open()?;
    let mut tags = Vec::new();
    for _ in 0..count {
        tags.push(reader.tag()?);
    }
    Some(tags)
}
// ANCHOR_END: push

// ANCHOR: trusted
/// Believes the count.
pub fn trusted(record: &Record) -> Option<Tags> {
    let (count, mut reader) = record.open()?;
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        tags.push(reader.tag()?);
    }
    Some(tags)
}
// ANCHOR_END: trusted

// ANCHOR: capped
/// Believes the count as far as the bytes allow: a tag takes at least one.
pub fn capped(record: &Record) -> Option<Tags> {
    let (count, mut reader) = record.open()?;
    let mut tags = Vec::with_capacity(count.min(reader.bytes_left()));
    for _ in 0..count {
        tags.push(reader.tag()?);
    }
    Some(tags)
}
// ANCHOR_END: capped
