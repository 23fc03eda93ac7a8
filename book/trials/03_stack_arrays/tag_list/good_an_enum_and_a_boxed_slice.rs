//! An enum of array or list in the index, a boxed slice in the queue.

#![forbid(unsafe_code)]

/// A tag that the index keeps.
struct Tag<'a> {
    name: &'a str,
    values: Values<'a>,
}

enum Values<'a> {
    Few([&'a str; 4], u8),
    Many(Vec<&'a str>),
}

impl<'a> Tag<'a> {
    /// The tag of a line, or `None` if the line is blank.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let values = Values::Few([""; 4], 0);
        let mut tag = Self { name, values };
        words.for_each(|word| tag.add(word));
        Some(tag)
    }

    fn name(&self) -> &'a str {
        self.name
    }

    fn values(&self) -> &[&'a str] {
        match &self.values {
            Values::Few(values, used) => &values[..usize::from(*used)],
            Values::Many(values) => values,
        }
    }

    /// Adds a value behind the others.
    fn add(&mut self, value: &'a str) {
        match &mut self.values {
            Values::Few(values, used) if usize::from(*used) < values.len() => {
                values[usize::from(*used)] = value;
                *used += 1;
            }
            Values::Few(values, _) => {
                let mut many = values.to_vec();
                many.push(value);
                self.values = Values::Many(many);
            }
            Values::Many(values) => values.push(value),
        }
    }
}

/// A tag that waits in a queue.
struct QueuedTag<'a> {
    name: &'a str,
    values: Box<[&'a str]>,
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
