//! What a client asks for: the filter of a REQ or COUNT, parsed, sorted and compact.

use std::cmp::Ordering;

use crate::event::{Event, EventId, PublicKey};

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

impl Filter {
    /// Sorts what is listed, drops what is listed twice, and gives back the room that is left over.
    pub fn normalise(&mut self) {
        fn list<T: Ord>(values: &mut Option<Vec<T>>) {
            if let Some(values) = values {
                values.sort_unstable();
                values.dedup();
                values.shrink_to_fit();
            }
        }
        list(&mut self.ids);
        list(&mut self.authors);
        list(&mut self.kinds);
        for tag in &mut self.tags {
            tag.values.normalise();
        }
        let by_values = |a: &TagFilter, b: &TagFilter| a.values.iter().cmp(b.values.iter());
        (self.tags).sort_by(|a, b| a.letter.cmp(&b.letter).then_with(|| by_values(a, b)));
        self.tags.dedup();
        self.tags.shrink_to_fit();
    }

    /// Whether an event meets every condition. Nothing is allocated; `limit` says nothing here.
    ///
    /// ```
    /// use relay::event::Event;
    /// use relay::filter::{Filter, TagFilter, Texts};
    ///
    /// let mut event = Event::default();
    /// event.push_tag(["t", "rust"]);
    /// let mut filter = Filter { kinds: Some(vec![1, 0]), ..Filter::default() };
    /// filter.tags.push(TagFilter { letter: b't', values: Texts::from_iter(["nostr", "rust"]) });
    /// filter.normalise();
    /// assert!(filter.matches(&event));
    /// filter.since = Some(1);
    /// assert!(!filter.matches(&event));
    /// ```
    pub fn matches(&self, event: &Event) -> bool {
        let Event { id, pubkey, .. } = event;
        self.matches_parts(id, pubkey, event.created_at, event.kind, event.letters())
    }

    /// The same for an event that is there in parts only: `letters` are its tags that filters can ask for.
    pub fn matches_parts<'a>(
        &self,
        id: &EventId,
        pubkey: &PublicKey,
        created_at: u64,
        kind: u16,
        letters: impl Iterator<Item = (u8, &'a str)> + Clone,
    ) -> bool {
        fn holds<T: Ord>(values: &Option<Vec<T>>, value: &T) -> bool {
            let values = values.as_ref();
            values.is_none_or(|values| values.binary_search(value).is_ok())
        }
        self.since.is_none_or(|since| since <= created_at)
            && self.until.is_none_or(|until| created_at <= until)
            && holds(&self.kinds, &kind)
            && holds(&self.authors, pubkey)
            && holds(&self.ids, id)
            && self.tags_match(letters)
    }

    #[cfg(any(not(feature = "tag_filter"), test))]
    fn tags_match<'a>(&self, letters: impl Iterator<Item = (u8, &'a str)> + Clone) -> bool {
        (self.tags.iter()).all(|tag| tag.matches(letters.clone()))
    }

    #[cfg(all(feature = "tag_filter", not(test)))]
    fn tags_match<'a>(&self, letters: impl Iterator<Item = (u8, &'a str)> + Clone) -> bool {
        let conditions = self.tags.iter().map(|tag| {
            let Texts { text, ends } = &tag.values;
            (tag.letter, &text[..], &ends[..])
        });
        crate::parts::tag_filter::matches(conditions, letters)
    }

    /// Bytes of heap that its lists take.
    pub fn heap_bytes(&self) -> usize {
        fn list<T>(values: &Option<Vec<T>>) -> usize {
            let room = values.as_ref().map_or(0, Vec::capacity);
            room * size_of::<T>()
        }
        let tags = self.tags.iter().map(|tag| {
            let Texts { text, ends } = &tag.values;
            text.capacity() + ends.capacity() * size_of::<u32>()
        });
        list(&self.ids)
            + list(&self.authors)
            + list(&self.kinds)
            + self.tags.capacity() * size_of::<TagFilter>()
            + tags.sum::<usize>()
    }

    /// Whether an event meets one of some filters.
    pub fn matches_any(filters: &[Self], event: &Event) -> bool {
        filters.iter().any(|filter| filter.matches(event))
    }
}

#[cfg(any(not(feature = "tag_filter"), test))]
impl TagFilter {
    fn matches<'a>(&self, mut letters: impl Iterator<Item = (u8, &'a str)>) -> bool {
        letters.any(|(letter, value)| letter == self.letter && self.values.contains(value))
    }
}

impl Texts {
    /// Appends a text. The list is sorted again by [`normalise`](Self::normalise).
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    /// The text at a position.
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        Some(&self.text[start..end])
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|index| self.get(index).unwrap_or(""))
    }

    /// Whether a text is in the list, which is sorted.
    pub fn contains(&self, text: &str) -> bool {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).unwrap_or("").cmp(text) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return true,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// Sorts the texts and drops what is there twice. Takes no room but where they were out of order.
    pub fn normalise(&mut self) {
        if !self.iter().is_sorted_by(|a, b| a < b) {
            let mut sorted: Vec<&str> = self.iter().collect();
            sorted.sort_unstable();
            sorted.dedup();
            *self = sorted.into_iter().collect();
        }
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut list = Self::default();
        for text in texts {
            list.push(text);
        }
        list
    }
}
