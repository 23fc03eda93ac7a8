//! What a client asks for: the filter of a REQ or COUNT, parsed, sorted and compact.

use crate::event::{EventId, PublicKey};

/// A filter of NIP-01. All of its conditions must hold; a list that is absent is no condition, and one that is empty
/// matches nothing.
///
/// Lists are sorted and free of duplicates: whoever fills one in calls [`Filter::normalise`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Ids, one of which the event must have.
    pub ids: Option<Vec<EventId>>,
    /// Authors, one of whom must have signed it.
    pub authors: Option<Vec<PublicKey>>,
    /// Kinds, one of which it must have. What is above 16 bits was left out: no event has it.
    pub kinds: Option<Vec<u16>>,
    /// Tags: for each letter asked for, values, one of which the event must have in such a tag.
    pub tags: Vec<TagFilter>,
    /// The oldest time, inclusive, in seconds since 1970.
    pub since: Option<u64>,
    /// The newest time, inclusive.
    pub until: Option<u64>,
    /// How many stored events at most; says nothing about new ones.
    pub limit: Option<usize>,
}

/// The values asked for under one letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagFilter {
    /// a-z or A-Z.
    pub letter: u8,
    /// Values, sorted.
    pub values: Texts,
}

/// A sorted list of texts in one string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Texts {
    text: String,
    ends: Vec<u32>,
}
