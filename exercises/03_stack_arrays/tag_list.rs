//! A relay reads tags, one per line: a name and its values, separated by whitespace. `e 5c83 reply`
//! has the name `e` and the values `5c83` and `reply`. Two workloads hold tags:
//!
//! - `Tag`: the index keeps thousands in one list. Most have one to four values, few have hundreds.
//! - `QueuedTag`: a queue has 1,000 slots, each as large as a `QueuedTag`. Few slots are in use at
//!   a time, and the tags in them have hundreds of values. As written, it is the same type.
//!
//! Inline storage (`smallvec::SmallVec`, say) saves the allocation of a list that fits, and takes
//! its bytes in each tag, used or not. By itself it saves no time. Which form suits which workload?
//!
//! | workload                   | measure     |  budget | why                                    |
//! |----------------------------|-------------|--------:|----------------------------------------|
//! | index of 1,000 tags        | allocations |      51 | the list, and 10 per long tag          |
//! |                            | bytes       | 215,000 | 124 per tag, and long lists that grow  |
//! |                            | live        | 168,000 | 124 per tag, and the long lists        |
//! | tag with up to 4 values    | allocations |       0 | its values are in the tag              |
//! | tag that gets 1,000 values | allocations |      12 | its list doubles                       |
//! | slot of the queue          | bytes       |      48 | most slots are empty                   |
//! | 10 queued, 300 values each | allocations |     121 | the slots, and 12 per tag              |
//! |                            | bytes       | 294,000 | 48 per slot, and lists that grow       |
//! |                            | live        | 135,000 | 48 per slot, and ten lists             |

#![forbid(unsafe_code)]

/// A tag that the index keeps.
// TODO: nearly each tag has an allocation of its own, most of them for one value.
struct Tag<'a> {
    name: &'a str,
    values: Vec<&'a str>,
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

/// A tag that waits in a queue. It has `of`, `name` and `values`.
// TODO: does the form that is right for the index fit here, too?
type QueuedTag<'a> = Tag<'a>;

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

// ---- Change nothing below this line. ----

measuring::install!();

/// The index and the queue.
const BUDGET: measuring::Budget = measuring::Budget::of("tag_list")
    .allocations(172)
    .bytes(509_000)
    .live(303_000);

fn main() {
    let (text, lines) = (sample(), long_lines(10, 300));
    measuring::show(BUDGET, || {
        let mut tags = tags(&text);
        tags[0].add("reply");
        let queue = queue(&lines);
        (count(&tags, "p", "carol"), values(&queue), tags, queue)
    });
}

/// A queue with a thousand slots, in which the tags of these lines wait.
fn queue(lines: &[String]) -> std::collections::VecDeque<QueuedTag<'_>> {
    let mut queue = std::collections::VecDeque::with_capacity(1_000);
    queue.extend(lines.iter().filter_map(|line| QueuedTag::of(line)));
    queue
}

/// How many values the tags in the queue have, all of which are called `p`.
fn values(queue: &std::collections::VecDeque<QueuedTag>) -> usize {
    let tags = queue.iter().filter(|tag| tag.name() == "p");
    tags.map(|tag| tag.values().len()).sum()
}

/// A thousand tags: 400 with one value, 300 with two, 195 with three, 100 with four, five with 300.
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

/// So many tags with so many values each.
fn long_lines(count: usize, values: usize) -> Vec<String> {
    let line = |n: usize| {
        let values: String = (n..n + values).map(|n| format!(" {n:x}")).collect();
        format!("p{values}")
    };
    (0..count).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, QueuedTag, Tag, count, long_lines, queue, sample, tags, values};
    use measuring::{Budget, assert_gives, assert_work};
    use std::hint::black_box;

    const INDEX: Budget = Budget::of("tag_list")
        .allocations(51)
        .bytes(215_000)
        .live(168_000);

    fn words(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("value-{n}")).collect()
    }

    /// Both forms read the line in the same way.
    #[track_caller]
    fn assert_read(line: &str, expected: Option<(&str, &[&str])>) {
        let shown: String = line.chars().take(60).collect();
        let tag = Tag::of(line);
        let came = tag.as_ref().map(|tag| (tag.name(), tag.values()));
        assert_gives(format_args!("the tag of {shown:?}"), &came, &expected);
        let tag = QueuedTag::of(line);
        let came = tag.as_ref().map(|tag| (tag.name(), tag.values()));
        assert_gives(
            format_args!("the queued tag of {shown:?}"),
            &came,
            &expected,
        );
    }

    #[measuring::test]
    fn a_line_is_a_name_and_values() {
        assert_read("e 5c83 reply", Some(("e", &["5c83", "reply"])));
        assert_read(
            "  e 5c83   relay.example\treply \r",
            Some(("e", &["5c83", "relay.example", "reply"])),
        );
        assert_read("t", Some(("t", &[])));
        assert_read("", None);
        assert_read(" \t ", None);
        assert_read(
            "straße Äpfel,\u{3000}\"ÄPFEL\"\u{a0}🦀",
            Some(("straße", &["Äpfel,", "\"ÄPFEL\"", "🦀"])),
        );
    }

    #[measuring::test]
    fn equal_values_are_kept() {
        assert_read("a a a b a b", Some(("a", &["a", "a", "b", "a", "b"])));
    }

    #[measuring::test]
    fn a_tag_has_all_its_values_however_many() {
        for count in (0..40).chain([63, 64, 65, 255, 256, 257, 1_000, 65_536, 70_000]) {
            let words = words(count);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            assert_read(&format!("t {}", words.join(" ")), Some(("t", &words)));
        }
    }

    #[measuring::test]
    fn values_are_right_after_every_one_that_is_added() {
        let words = words(300);
        for start in 0..8 {
            let line = format!("t {}", words[..start].join(" "));
            let mut tag = Tag::of(&line).expect("the line is not blank");
            for (at, word) in words.iter().enumerate().skip(start) {
                tag.add(word);
                let what = format_args!("a tag of {start} values, and {} added", at + 1 - start);
                assert_gives(what, tag.values(), &words[..=at]);
            }
        }
    }

    #[measuring::test]
    fn a_tag_can_move_after_it_spilled() {
        let words = words(9);
        let mut tags: Vec<Tag> = Vec::new();
        for _ in 0..9 {
            tags.extend(Tag::of("t"));
            for (tag, word) in tags.iter_mut().zip(words.iter().cycle()) {
                tag.add(word);
            }
        }
        for (at, tag) in tags.iter().enumerate() {
            let expected = vec![words[at].as_str(); 9 - at];
            assert_gives(
                format_args!("tag {at}, after its moves"),
                tag.values(),
                &expected[..],
            );
        }
    }

    #[measuring::test]
    fn tags_are_counted() {
        let text =
            "p alice bob\n\nt bob\r\np carol\np x y z v w bob bob\npp bob\nP bob\np Bob bobby bo,b";
        let tags = tags(text);
        assert_gives(
            "tags of a text with eight lines, one of them blank",
            &tags.len(),
            &7,
        );
        for (name, value, expected) in [
            ("p", "bob", 2),
            ("t", "alice", 0),
            ("t", "bob", 1),
            ("p", "p", 0),
        ] {
            let what = format_args!("tags with the name {name:?} and the value {value:?}");
            assert_gives(what, &count(&tags, name, value), &expected);
        }
    }

    #[measuring::test]
    fn seventy_thousand_tags_are_counted() {
        let text = "p bob\n".repeat(70_000);
        let tags = tags(&text);
        assert_gives("tags of 70,000 lines", &tags.len(), &70_000);
        assert_gives(
            "tags that are counted of 70,000",
            &count(&tags, "p", "bob"),
            &70_000,
        );
    }

    #[measuring::test]
    fn index_and_queue_stay_in_budget() {
        let (text, lines) = (sample(), long_lines(10, 300));
        let (tags, queue) =
            BUDGET.assert_holds_in_process(|| (tags(black_box(&text)), queue(black_box(&lines))));
        let all = tags.iter().map(|tag| tag.values().len());
        let came = (tags.len(), all.clone().max(), all.sum::<usize>());
        assert_gives(
            "tags of the sample, most values, all values",
            &came,
            &(1_000, Some(300), 3_485),
        );
        assert_gives("values of ten queued tags", &values(&queue), &3_000);
    }

    #[measuring::test]
    fn an_index_stays_in_budget() {
        let text = sample();
        drop(INDEX.assert_holds(|| tags(black_box(&text))));
    }

    #[measuring::test]
    fn an_index_of_few_or_many_stays_in_budget() {
        for count in [0, 1, 7, 300, 3_000] {
            let text = "t 1\nt 1 2 3 4\n".repeat(count / 2) + &"t 1 2".repeat(count % 2);
            let most = 124 * count as u64;
            let budget = Budget::of("tag_list")
                .allocations(1)
                .bytes(most)
                .live(most as i64);
            drop(budget.assert_holds(|| tags(black_box(&text))));
        }
    }

    /// A little too long for inline storage: the usual growth, and no more.
    #[measuring::test]
    fn tags_of_six_values_stay_in_budget() {
        let text = "t 1 2 3 4 5 6\n".repeat(100);
        let budget = Budget::of("tag_list")
            .allocations(201)
            .bytes(100 * (124 + 192))
            .live(100 * (124 + 128));
        drop(budget.assert_holds(|| tags(black_box(&text))));
    }

    #[measuring::test]
    fn up_to_four_values_allocate_nothing() {
        let budget = Budget::of("tag_list").allocations(0).live(0);
        for line in ["t", "t 1", "t 1 2", "t 1 2 3", "t 1 2 3 4"] {
            black_box(budget.assert_holds(|| Tag::of(black_box(line))));
        }
        black_box(budget.assert_holds(|| {
            let mut tag = Tag::of(black_box("t 1"));
            for value in ["2", "3", "4"] {
                tag.iter_mut().for_each(|tag| tag.add(black_box(value)));
            }
            tag
        }));
    }

    #[measuring::test]
    fn a_tag_that_gets_a_thousand_values_stays_in_budget() {
        let words = words(1_000);
        let budget = Budget::of("tag_list")
            .allocations(12)
            .bytes(40_000)
            .live(20_000);
        black_box(budget.assert_holds(|| {
            let mut tag = Tag::of(black_box("t 1"));
            for word in &words {
                tag.iter_mut().for_each(|tag| tag.add(word));
            }
            tag
        }));
    }

    #[measuring::test]
    fn a_slot_of_the_queue_is_small() {
        let size = size_of::<QueuedTag>() as u64;
        assert_work(
            "bytes that a `QueuedTag` takes in each of a thousand slots",
            size,
            48,
        );
    }

    #[measuring::test]
    fn a_queue_stays_in_budget() {
        for (count, length) in [(0, 0), (10, 300), (3, 5_000)] {
            let lines = long_lines(count, length);
            // A list that doubles has at most this capacity. In the end it may be cut.
            let list = 16 * (length as u64).next_power_of_two();
            let budget = Budget::of("tag_list")
                .allocations(1 + count as u64 * u64::from(3 + (list / 16).ilog2()))
                .bytes(48_000 + count as u64 * 3 * list)
                .live(48_000 + count as i64 * (list as i64 + 500));
            black_box(budget.assert_holds(|| {
                let queue = queue(black_box(&lines));
                (values(&queue), queue)
            }));
        }
    }

    #[measuring::test]
    fn what_is_dropped_is_freed() {
        let (text, lines) = (sample(), long_lines(10, 300));
        let budget = Budget::of("tag_list").live(0);
        budget.assert_holds_in_process(|| {
            let mut tags = tags(black_box(&text));
            for tag in &mut tags {
                tag.add("reply");
            }
            drop((tags, queue(black_box(&lines))));
        });
    }
}
