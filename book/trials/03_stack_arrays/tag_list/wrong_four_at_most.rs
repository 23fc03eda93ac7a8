//! An array of four: the fifth value is lost.

#![forbid(unsafe_code)]

struct Tag<'a> {
    name: &'a str,
    values: Values<'a>,
}

impl<'a> Tag<'a> {
    /// The tag of a line, or nothing where a line is blank.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let mut values = Values::default();
        words.for_each(|value| values.push(value));
        Some(Self { name, values })
    }

    fn name(&self) -> &'a str {
        self.name
    }

    fn values(&self) -> &[&'a str] {
        self.values.as_slice()
    }

    /// Adds a value behind the others.
    fn add(&mut self, value: &'a str) {
        self.values.push(value);
    }
}

#[derive(Default)]
struct Values<'a> {
    inline: [&'a str; 4],
    used: usize,
}

impl<'a> Values<'a> {
    fn push(&mut self, value: &'a str) {
        if let Some(place) = self.inline.get_mut(self.used) {
            *place = value;
            self.used += 1;
        }
    }

    fn as_slice(&self) -> &[&'a str] {
        &self.inline[..self.used]
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
    let mut tags = Vec::with_capacity(text.lines().count());
    tags.extend(text.lines().filter_map(Tag::of));
    tags
}

/// How many tags of that name have that value.
fn count(tags: &[Tag], name: &str, value: &str) -> usize {
    let has = |tag: &&Tag| tag.name() == name && tag.values().contains(&value);
    tags.iter().filter(has).count()
}
