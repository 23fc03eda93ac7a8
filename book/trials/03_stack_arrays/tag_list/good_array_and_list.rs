//! An array of four, and a list that takes them along with the fifth.

#![forbid(unsafe_code)]

/// A tag that the index keeps.
struct Tag<'a> {
    name: &'a str,
    few: [&'a str; 4],
    used: usize,
    many: Vec<&'a str>,
}

impl<'a> Tag<'a> {
    /// The tag of a line, or `None` if the line is blank.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let (few, many) = ([""; 4], Vec::new());
        let mut tag = Self {
            name,
            few,
            used: 0,
            many,
        };
        words.for_each(|word| tag.add(word));
        Some(tag)
    }

    fn name(&self) -> &'a str {
        self.name
    }

    fn values(&self) -> &[&'a str] {
        match self.many.is_empty() {
            true => &self.few[..self.used],
            false => &self.many,
        }
    }

    /// Adds a value behind the others.
    fn add(&mut self, value: &'a str) {
        if self.many.is_empty() && self.used < self.few.len() {
            self.few[self.used] = value;
            self.used += 1;
            return;
        }
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(value);
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

/// How many tags with this name have this value.
fn count(tags: &[Tag], name: &str, value: &str) -> usize {
    let has = |tag: &&Tag| tag.name() == name && tag.values().contains(&value);
    tags.iter().filter(has).count()
}
