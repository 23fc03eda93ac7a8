//! Keeping the ids, keys and signatures of a feed, which arrive as hex.

#![allow(
    clippy::missing_errors_doc,
    reason = "the steps fail alike: see `Outcome`"
)]

use crate::fixed::{EventId, PublicKey, Signature};
use crate::hex::{self, HexError};
use crate::scattered::scattered;

/// A feed from the wire: for each event a line of its id, its author and its signature, in hex.
#[derive(Debug)]
pub struct Feed(String);

impl Feed {
    /// So many events.
    pub fn sample(events: u64) -> Self {
        let line = |event| {
            let id = EventId::new(scattered(event));
            let author = PublicKey::new(scattered(event % 50 + 1_000_000));
            format!("{id} {author} {}\n", Signature::new(scattered(event)))
        };
        Self((0..events).map(line).collect())
    }

    /// How many lines it has: they are equally long.
    fn events(&self) -> usize {
        let digits = 2 * EventId::HEX_LENGTH + Signature::HEX_LENGTH;
        self.0.len() / (digits + 3)
    }

    fn fields(&self) -> impl Iterator<Item = [&str; 3]> {
        self.0.lines().map(|line| {
            let mut fields = line.split(' ');
            [(); 3].map(|()| fields.next().unwrap_or_default())
        })
    }
}

/// The hex as it came, never looked at.
#[derive(Debug)]
pub struct Texts {
    id: String,
    author: String,
    signature: String,
}

/// Bytes of any length, each in an allocation of its own.
#[derive(Debug)]
pub struct Slices {
    id: Vec<u8>,
    author: Vec<u8>,
    signature: Vec<u8>,
}

// ANCHOR: record
/// Bytes of the right length, in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Names the event.
    pub id: EventId,
    /// Who signed it.
    pub author: PublicKey,
    /// The author's word for it.
    pub signature: Signature,
}
// ANCHOR_END: record

/// A feed that was kept, in one of three ways.
#[derive(Debug)]
pub enum Kept {
    /// As text.
    Texts(Vec<Texts>),
    /// As vectors of bytes.
    Slices(Vec<Slices>),
    /// As arrays.
    Records(Vec<Record>),
}

impl Kept {
    fn record(&self, index: usize) -> Option<Record> {
        match self {
            Kept::Texts(texts) => {
                let text = texts.get(index)?;
                Some(Record {
                    id: text.id.parse().ok()?,
                    author: text.author.parse().ok()?,
                    signature: text.signature.parse().ok()?,
                })
            }
            Kept::Slices(slices) => {
                let slice = slices.get(index)?;
                Some(Record {
                    id: slice.id[..].try_into().ok()?,
                    author: slice.author[..].try_into().ok()?,
                    signature: slice.signature[..].try_into().ok()?,
                })
            }
            Kept::Records(records) => records.get(index).copied(),
        }
    }

    /// The events' fields as arrays, however they were kept.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        (0..).map_while(|index| self.record(index))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.records().eq(other.records())
    }
}

/// What the steps give. The first takes any text; the others fail at the first field that is not such hex.
pub type Outcome = Result<Kept, HexError>;

// ANCHOR: texts
/// Copies the text of each field.
pub fn texts(feed: &Feed) -> Outcome {
    let mut texts = Vec::with_capacity(feed.events());
    for [id, author, signature] in feed.fields() {
        texts.push(Texts {
            id: id.to_owned(),
            author: author.to_owned(),
            signature: signature.to_owned(),
        });
    }
    Ok(Kept::Texts(texts))
}
// ANCHOR_END: texts

// ANCHOR: slices
/// Halves the text: bytes, but still of any length and somewhere else.
pub fn slices(feed: &Feed) -> Outcome {
    let mut slices = Vec::with_capacity(feed.events());
    for [id, author, signature] in feed.fields() {
        slices.push(Slices {
            id: hex::decode::<32>(id.as_bytes())?.to_vec(),
            author: hex::decode::<32>(author.as_bytes())?.to_vec(),
            signature: hex::decode::<64>(signature.as_bytes())?.to_vec(),
        });
    }
    Ok(Kept::Slices(slices))
}
// ANCHOR_END: slices

// ANCHOR: arrays
/// Parses into place.
pub fn arrays(feed: &Feed) -> Outcome {
    let mut records = Vec::with_capacity(feed.events());
    for [id, author, signature] in feed.fields() {
        records.push(Record {
            id: id.parse()?,
            author: author.parse()?,
            signature: signature.parse()?,
        });
    }
    Ok(Kept::Records(records))
}
// ANCHOR_END: arrays
