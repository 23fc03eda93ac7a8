//! An event in its flat form: fixed fields, one string for all of its text, and where each piece of it ends.
//!
//! A tag list as vectors of strings takes an allocation for each string and each tag. Here an event of any size
//! takes three allocations, and none at all when the value is used again: clearing it keeps the room.

pub(crate) mod hex;
pub(crate) mod json;
pub mod signature;

use pooling::Recycle;
pub use stack_arrays::{EventId, PublicKey, Signature};

/// A signed event of NIP-01, whether it came over the wire or out of the database.
///
/// ```
/// use relay::event::Event;
///
/// let mut event = Event::default();
/// event.push_tag(["t", "rust"]);
/// event.push_tag(["alt"]);
/// event.push_content("hello");
///
/// let mut tags = event.tags();
/// assert_eq!(tags.next().and_then(|tag| tag.value()), Some("rust"));
/// assert_eq!(tags.next().map(|tag| tag.name()), Some("alt"));
/// assert_eq!(event.content(), "hello");
/// ```
// ANCHOR: event
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The SHA-256 of the canonical form.
    pub id: EventId,
    /// Who signed it.
    pub pubkey: PublicKey,
    /// The signature of the id.
    pub sig: Signature,
    /// Seconds since 1970, as the author says.
    pub created_at: u64,
    /// What kind of event it is.
    pub kind: u16,
    /// The items of all tags one behind the other, then the content.
    text: String,
    /// Where in `text` each item of a tag ends.
    items: Vec<u32>,
    /// Where in `items` each tag ends.
    tags: Vec<u32>,
}
// ANCHOR_END: event

/// What a relay does with an event of a kind, by NIP-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Every one is kept.
    Regular,
    /// The newest of an author and kind is kept.
    Replaceable,
    /// The newest of an author, kind and `d` tag is kept.
    Addressable,
    /// None is kept: who listens now gets it.
    Ephemeral,
}

impl Class {
    /// The class of a kind.
    pub const fn of(kind: u16) -> Self {
        match kind {
            0 | 3 | 10_000..20_000 => Self::Replaceable,
            20_000..30_000 => Self::Ephemeral,
            30_000..40_000 => Self::Addressable,
            _ => Self::Regular,
        }
    }

    /// Whether newer ones replace older ones.
    pub const fn has_versions(self) -> bool {
        matches!(self, Self::Replaceable | Self::Addressable)
    }
}

/// One tag: its items, the first of which is its name.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    text: &'a str,
    start: u32,
    ends: &'a [u32],
}

impl<'a> Tag<'a> {
    /// The first item; empty where the tag has none.
    pub fn name(&self) -> &'a str {
        self.item(0).unwrap_or("")
    }

    /// The second item.
    pub fn value(&self) -> Option<&'a str> {
        self.item(1)
    }

    /// The item at a position.
    pub fn item(&self, index: usize) -> Option<&'a str> {
        let end = *self.ends.get(index)?;
        let start = index
            .checked_sub(1)
            .map_or(self.start, |before| self.ends[before]);
        Some(&self.text[start as usize..end as usize])
    }

    /// All items.
    pub fn items(self) -> impl ExactSizeIterator<Item = &'a str> {
        (0..self.ends.len()).map(move |index| self.item(index).unwrap_or(""))
    }

    /// The letter of a tag that filters can ask for: its name is one of a-z or A-Z, and it has a value.
    pub fn letter(&self) -> Option<(u8, &'a str)> {
        match self.name().as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => Some((*letter, self.value()?)),
            _ => None,
        }
    }
}

impl Event {
    /// Appends an item to the tag that is being built; [`end_tag`](Self::end_tag) closes it.
    ///
    /// Tags come before the content. The text of an event stays below 4 GiB: frames are far smaller.
    pub fn push_item(&mut self, item: &str) {
        self.text.push_str(item);
        self.end_item();
    }

    /// The room that the next item is written to, for those who unescape as they write; then
    /// [`end_item`](Self::end_item). Append only.
    pub fn text_mut(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends an item that was appended to [`text_mut`](Self::text_mut).
    pub fn end_item(&mut self) {
        self.items.push(self.text.len() as u32);
    }

    /// Ends a tag, which may have no items.
    pub fn end_tag(&mut self) {
        self.tags.push(self.items.len() as u32);
    }

    /// Appends a whole tag.
    pub fn push_tag<'a>(&mut self, items: impl IntoIterator<Item = &'a str>) {
        for item in items {
            self.push_item(item);
        }
        self.end_tag();
    }

    /// Appends to the content, which follows the last tag.
    pub fn push_content(&mut self, content: &str) {
        self.text.push_str(content);
    }

    /// All tags in order.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = Tag<'_>> + Clone {
        (0..self.tags.len()).map(move |index| {
            let first = index
                .checked_sub(1)
                .map_or(0, |before| self.tags[before] as usize);
            Tag {
                text: &self.text,
                start: first.checked_sub(1).map_or(0, |before| self.items[before]),
                ends: &self.items[first..self.tags[index] as usize],
            }
        })
    }

    /// The content.
    pub fn content(&self) -> &str {
        let start = self.items.last().map_or(0, |&end| end as usize);
        &self.text[start..]
    }

    /// All text: the items of the tags one behind the other, then the content.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its text, where in it each item of a tag ends, and where in the items each tag ends.
    #[cfg(all(feature = "record_fields", not(test)))]
    pub(crate) fn flat(&self) -> (&str, &[u32], &[u32]) {
        (&self.text, &self.items, &self.tags)
    }

    /// The same of one that was cleared, to be filled in.
    #[cfg(all(feature = "record_fields", not(test)))]
    pub(crate) fn flat_mut(&mut self) -> (&mut String, &mut Vec<u32>, &mut Vec<u32>) {
        (&mut self.text, &mut self.items, &mut self.tags)
    }

    /// The tags that filters can ask for: letter and value.
    pub fn letters(&self) -> impl Iterator<Item = (u8, &str)> + Clone {
        self.tags().filter_map(|tag| tag.letter())
    }

    /// The value of the first tag with a name.
    pub fn tag_value(&self, name: &str) -> Option<&str> {
        self.tags().find(|tag| tag.name() == name)?.value()
    }

    /// What a relay does with it.
    pub fn class(&self) -> Class {
        Class::of(self.kind)
    }

    /// What tells versions of an addressable event apart from others of their author and kind: the value of its
    /// first `d` tag, or nothing.
    pub fn identifier(&self) -> &str {
        self.tag_value("d").unwrap_or("")
    }

    /// When it expires, in seconds since 1970, where it says so in a way that can be read (NIP-40).
    pub fn expiration(&self) -> Option<u64> {
        self.tag_value("expiration")?.parse().ok()
    }

    /// Whether only its author may publish it (NIP-70).
    pub fn is_protected(&self) -> bool {
        let mut tags = self.tags();
        tags.any(|tag| tag.items().len() == 1 && tag.name() == "-")
    }
}

impl Recycle for Event {
    fn clear(&mut self) {
        (self.id, self.pubkey, self.sig) = (EventId::ZERO, PublicKey::ZERO, Signature::ZERO);
        (self.created_at, self.kind) = (0, 0);
        self.text.clear();
        self.items.clear();
        self.tags.clear();
    }

    fn room(&self) -> usize {
        self.text.capacity() + 4 * (self.items.capacity() + self.tags.capacity())
    }
}
