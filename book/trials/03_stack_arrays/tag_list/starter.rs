//! A relay reads the tags of events, a tag to a line: its name, and its values.
//!
//! ```text
//! e 5c83da77af1d relay.example reply
//! t memory
//! ```
//!
//! Most tags have one to four values. Somebody who follows three hundred people has a tag with all of them.
//!
//! As written, every tag has a list on the heap, most of them for one value. Four values of 16 bytes can lie in the tag
//! itself, in the same allocation as all other tags. The long ones still need a list, and are just as right with it.
//!
//! | measure             |  budget | why                                                               |
//! |---------------------|--------:|-------------------------------------------------------------------|
//! | allocations, 1,000 tags  |      41 | the list of tags, and 8 for each of the five long ones            |
//! | bytes               | 175,000 | 88 for a tag: its name, and the values in place; lists that grow  |
//! | live                | 130,000 | these tags, and five lists with room for 512                      |
//! | allocations, 4 values    |       0 | a tag of four values is a value                                   |

#![forbid(unsafe_code)]

struct Tag<'a> {
    name: &'a str,
    // TODO: room for the values that most tags have, in the tag itself.
    values: Vec<&'a str>,
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_list")
    .allocations(41)
    .bytes(175_000)
    .live(130_000);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    fn words(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("value-{n}")).collect()
    }

    #[test]
    fn a_line_is_a_name_and_values() {
        let tag = Tag::of("e 5c83da77af1d  relay.example\treply").unwrap();
        assert_eq!(tag.name(), "e");
        assert_eq!(tag.values(), ["5c83da77af1d", "relay.example", "reply"]);
        assert!(Tag::of("t").unwrap().values().is_empty());
        assert!(Tag::of(" \t ").is_none() && Tag::of("").is_none());
    }

    #[test]
    fn a_tag_has_all_its_values_however_many() {
        for count in (0..40).chain([63, 64, 65, 300, 1_000]) {
            let words = words(count);
            let line = format!("t {}", words.join(" "));
            assert_eq!(Tag::of(&line).unwrap().values(), words);
        }
    }

    #[test]
    fn values_are_right_after_every_one_that_is_added() {
        let words = words(100);
        for start in 0..8 {
            let line = format!("t {}", words[..start].join(" "));
            let mut tag = Tag::of(&line).unwrap();
            for (at, word) in words.iter().enumerate().skip(start) {
                tag.add(word);
                assert_eq!(tag.values(), &words[..=at], "from {start}");
            }
        }
    }

    #[test]
    fn equal_values_are_kept() {
        let mut tag = Tag::of("t a a b a b").unwrap();
        tag.add("a");
        assert_eq!(tag.values(), ["a", "a", "b", "a", "b", "a"]);
    }

    #[test]
    fn a_tag_can_move_after_it_spilled() {
        let words = words(9);
        let mut tags: Vec<Tag> = Vec::new();
        for _ in 0..9 {
            tags.push(Tag::of("t").unwrap());
            for (tag, word) in tags.iter_mut().zip(words.iter().cycle()) {
                tag.add(word);
            }
        }
        for (at, tag) in tags.iter().enumerate() {
            assert_eq!(tag.values(), vec![words[at].as_str(); 9 - at]);
        }
    }

    #[test]
    fn tags_are_counted() {
        let text = "p alice bob\n\nt bob\np carol\np x y z v w bob\n";
        let tags = tags(text);
        assert_eq!(tags.len(), 4);
        assert_eq!(count(&tags, "p", "bob"), 2);
        assert_eq!(count(&tags, "t", "alice"), 0);
    }

    #[test]
    fn the_sample_is_read_whole() {
        let text = sample();
        let tags = tags(&text);
        let longest = tags.iter().map(|tag| tag.values().len()).max();
        let all: usize = tags.iter().map(|tag| tag.values().len()).sum();
        assert_eq!((tags.len(), longest, all), (1_000, Some(300), 3_485));
    }

    #[test]
    fn a_thousand_tags_stay_in_budget() {
        let text = sample();
        let tags = BUDGET.assert_holds(|| tags(black_box(&text)));
        assert_eq!(tags.len(), 1_000);
    }

    #[test]
    fn up_to_four_values_need_no_block() {
        let budget = Budget::of("tag_list").allocations(0);
        for line in ["t", "t 1", "t 1 2", "t 1 2 3", "t 1 2 3 4"] {
            black_box(budget.assert_holds(|| Tag::of(black_box(line))));
        }
        let tag = budget.assert_holds(|| {
            let mut tag = Tag::of(black_box("t 1")).unwrap();
            for value in ["2", "3", "4"] {
                tag.add(black_box(value));
            }
            tag
        });
        assert_eq!(tag.values(), ["1", "2", "3", "4"]);
    }

    #[test]
    fn the_fifth_value_costs_one_block() {
        let budget = Budget::of("tag_list").allocations(1).bytes(8 * 16);
        let mut tag = Tag::of("t 1 2 3 4").unwrap();
        budget.assert_holds(|| tag.add(black_box("5")));
        assert_eq!(tag.values(), ["1", "2", "3", "4", "5"]);
    }
}
