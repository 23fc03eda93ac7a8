//! Starts with an empty list of tags, which grows.

#![forbid(unsafe_code)]

use smallvec::SmallVec;

/// A tag that the index keeps.
struct Tag<'a> {
    name: &'a str,
    values: SmallVec<[&'a str; 4]>,
}

impl<'a> Tag<'a> {
    /// The tag of a line, or `None` if the line is blank.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let values = words.collect();
        Some(Self { name, values })
    }

    fn name(&self) -> &'a str {
        self.name
    }

    fn values(&self) -> &[&'a str] {
        &self.values
    }

    /// Adds a value behind the others.
    fn add(&mut self, value: &'a str) {
        self.values.push(value);
    }
}

/// A tag that waits in a queue.
struct QueuedTag<'a> {
    name: &'a str,
    values: Vec<&'a str>,
}

impl<'a> QueuedTag<'a> {
    /// The tag of a line, or `None` if the line is blank.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let values = words.collect();
        Some(Self { name, values })
    }

    fn name(&self) -> &'a str {
        self.name
    }

    fn values(&self) -> &[&'a str] {
        &self.values
    }
}

/// All tags of a text, in its order.
fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    tags.extend(text.lines().filter_map(Tag::of));
    tags
}

/// How many tags with this name have this value.
fn count(tags: &[Tag], name: &str, value: &str) -> usize {
    let has = |tag: &&Tag| tag.name() == name && tag.values().contains(&value);
    tags.iter().filter(has).count()
}
