//! Has room for one value in place, and most tags have more.

use smallvec::SmallVec;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_list")
    .allocations(41)
    .bytes(175_000)
    .live(130_000);

struct Tag<'a> {
    name: &'a str,
    values: SmallVec<[&'a str; 1]>,
}

impl<'a> Tag<'a> {
    /// The tag of a line, or nothing where a line is blank.
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

fn main() {
    let text = sample();
    measuring::show(BUDGET, || {
        let mut tags = tags(&text);
        tags[0].add("reply");
        (count(&tags, "p", "carol"), tags)
    });
}

/// A thousand tags: 400 with one value, 300 with two, 195 with three, 100 with four, and five with three hundred.
fn sample() -> String {
    let words = ["alice", "bob", "carol", "dave", "erin", "frank", "grace"];
    let values = |n: usize| match n % 200 {
        0..80 => 1,
        80..140 => 2,
        140..179 => 3,
        179..199 => 4,
        _ => 300,
    };
    let value = |n: usize| format!(" {}", words[n % words.len()]);
    let line = |n: usize| {
        let values: String = (n..n + values(n)).map(value).collect();
        format!("{}{values}\n", ["e", "p", "t"][n % 3])
    };
    (0..1_000).map(line).collect()
}
