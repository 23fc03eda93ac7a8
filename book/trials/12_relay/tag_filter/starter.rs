//! A relay passes a new event on to those who subscribed to it. This function decides what they see
//! of its tags. A condition is a letter and values: the event must have a tag of that letter with
//! one of the values. All conditions must hold. The values of a condition are sorted, concatenated
//! in one text, and `ends` says where each ends: `("gorust", [2, 6])` asks for `go` or `rust`.
//!
//! As written, every match copies the event's tags into a map of sets, and the values into a list.
//! A relay does so a hundred times per event. How you search is up to you. To run the relay with
//! your part: `cargo test -p relay --features tag_filter --test live --test server`.
//!
//! | measure, any filter and event | budget | why                                             |
//! |-------------------------------|-------:|-------------------------------------------------|
//! | allocations                   |      0 | both sides are in memory already, one is sorted |
//! | live, in bytes                |      0 | nothing is kept from one match to the next      |

#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};

/// Returns whether an event has what a filter asks for. `conditions` are letters with their values:
/// the text of all, and where each ends in it. `letters` are the event's tags: letter and value.
pub fn matches<'f, 'e>(
    conditions: impl Iterator<Item = (u8, &'f str, &'f [u32])>,
    letters: impl Iterator<Item = (u8, &'e str)> + Clone,
) -> bool {
    // TODO: copies every tag, and every value of a condition, to answer one question.
    let mut tags: HashMap<u8, HashSet<String>> = HashMap::new();
    for (letter, value) in letters {
        tags.entry(letter).or_default().insert(value.to_owned());
    }
    for (letter, text, ends) in conditions {
        let Some(tagged) = tags.get(&letter) else {
            return false;
        };
        if !values(text, ends).iter().any(|it| tagged.contains(it)) {
            return false;
        }
    }
    true
}

/// The values of a condition.
fn values(text: &str, ends: &[u32]) -> Vec<String> {
    let (mut values, mut start) = (Vec::new(), 0);
    for end in ends {
        values.push(text[start..*end as usize].to_owned());
        start = *end as usize;
    }
    values
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_filter").allocations(0).live(0);

fn main() {
    let (filters, event) = sample();
    measuring::show(BUDGET, || matching(&filters, &event));
}

/// A letter, the text of its values, and where each ends.
type Condition = (u8, String, Vec<u32>);

type Tag = (u8, String);

fn condition(letter: u8, mut values: Vec<String>) -> Condition {
    values.sort();
    let ends = values.iter().scan(0, |end, value| {
        *end += value.len() as u32;
        Some(*end)
    });
    (letter, values.concat(), ends.collect())
}

fn filter_matches(filter: &[Condition], event: &[Tag]) -> bool {
    let conditions = filter
        .iter()
        .map(|(letter, text, ends)| (*letter, &**text, &**ends));
    matches(
        conditions,
        event.iter().map(|(letter, value)| (*letter, &**value)),
    )
}

fn matching(filters: &[[Condition; 2]], event: &[Tag]) -> usize {
    filters
        .iter()
        .filter(|it| filter_matches(*it, event))
        .count()
}

/// A hundred filters that each ask for 20 people and a topic; an event that names 40 people and two
/// topics.
fn sample() -> (Vec<[Condition; 2]>, Vec<Tag>) {
    let person = |number: usize| format!("{:064x}", (number as u128 + 1) << 77);
    let topic = |number: usize| ["rust", "nostr", "memory"][number % 3].to_owned();
    let people = |filter| (0..20).map(move |at| person(filter * 10 + at)).collect();
    let filter = |it| {
        [
            condition(b'p', people(it)),
            condition(b't', vec![topic(it)]),
        ]
    };
    let mut event: Vec<Tag> = (0..40).map(|at| (b'p', person(at * 13))).collect();
    event.extend([(b't', topic(0)), (b't', topic(1))]);
    ((0..100).map(filter).collect(), event)
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Condition, Tag, filter_matches, matching, sample};
    use measuring::assert_gives;
    use std::hint::black_box;

    fn condition(letter: u8, values: &[&str]) -> Condition {
        super::condition(letter, values.iter().map(|it| it.to_string()).collect())
    }

    /// Holds `matches` against what was expected, for letters and values that are written as pairs.
    #[track_caller]
    fn assert_matches(asked: &[(u8, &[&str])], had: &[(u8, &str)], expected: bool) {
        let of = |letter: u8| letter.escape_ascii().to_string();
        let filter: Vec<_> = asked
            .iter()
            .map(|(letter, of)| condition(*letter, of))
            .collect();
        let event: Vec<_> = had
            .iter()
            .map(|(letter, it)| (*letter, it.to_string()))
            .collect();
        let came = filter_matches(&filter, &event);
        if came != expected {
            let asked: Vec<_> = asked.iter().map(|(letter, it)| (of(*letter), it)).collect();
            let had: Vec<_> = had.iter().map(|(letter, it)| (of(*letter), it)).collect();
            let cut = |text: String| text.chars().take(200).collect::<String>();
            let (asked, had) = (cut(format!("{asked:?}")), cut(format!("{had:?}")));
            assert_gives(
                format_args!("asked for {asked}, tags {had}"),
                &came,
                &expected,
            );
        }
    }

    #[measuring::test]
    fn every_condition_must_hold_and_one_value_is_enough() {
        let asked: [(u8, &[&str]); 2] = [(b't', &["rust", "nostr"]), (b'p', &["ann"])];
        let assert_matches = |had: &[(u8, &str)], expected| assert_matches(&asked, had, expected);
        assert_matches(&[(b'p', "ann"), (b't', "rust")], true);
        assert_matches(
            &[(b't', "go"), (b't', "nostr"), (b'p', "bob"), (b'p', "ann")],
            true,
        );
        assert_matches(&[(b't', "rust"), (b't', "nostr")], false);
        assert_matches(&[(b'p', "ann"), (b't', "go")], false);
        assert_matches(&[(b'p', "rust"), (b't', "ann")], false);
        assert_matches(&[], false);
    }

    #[measuring::test]
    fn no_condition_always_holds_and_no_value_never_does() {
        assert_matches(&[], &[], true);
        assert_matches(&[], &[(b't', "rust")], true);
        assert_matches(&[(b't', &[])], &[(b't', ""), (b't', "rust")], false);
        assert_matches(
            &[(b't', &["rust"]), (b'p', &[])],
            &[(b't', "rust"), (b'p', "")],
            false,
        );
        assert_matches(&[(b't', &[""])], &[(b't', "")], true);
    }

    #[measuring::test]
    fn letters_differ_and_one_may_be_asked_for_twice() {
        for (one, other) in [(b'E', b'e'), (0, 255), (0, b'0'), (b'a', b'b'), (1, 129)] {
            assert_matches(&[(one, &["x"])], &[(other, "x")], false);
            assert_matches(&[(one, &["x"])], &[(other, "y"), (one, "x")], true);
        }
        let both: [(u8, &[&str]); 2] = [(b't', &["rust"]), (b't', &["go", "nostr"])];
        assert_matches(&both, &[(b't', "rust")], false);
        assert_matches(&both, &[(b't', "nostr"), (b't', "rust")], true);
    }

    #[measuring::test]
    fn values_are_whole() {
        let asked = ["ab", "c", "über", "ubers", "z"];
        for value in asked {
            assert_matches(&[(b't', &asked)], &[(b't', value)], true);
        }
        for value in [
            "", "a", "b", "bc", "abc", "cü", "ber", "ü", "zz", "C", "xb", "ubert", "uber",
        ] {
            assert_matches(&[(b't', &asked)], &[(b't', value)], false);
        }
    }

    /// Long values that differ at one place, and whose lengths are equal in 8 or 16 bits.
    #[measuring::test]
    fn long_values_are_compared_to_their_end() {
        let long = "é".repeat(35_000);
        let [first, last, middle] = [0, 34_999, 17_000].map(|at| {
            let at = 2 * at;
            format!("{}è{}", &long[..at], &long[at + 2..])
        });
        let cut = [&long[..4_464], &long[..256], &long[..2]];
        let asked = [&long[..], "x", "y"];
        for value in [
            &first[..],
            &last,
            &middle,
            &(long.clone() + "é"),
            cut[0],
            cut[1],
            cut[2],
        ] {
            assert_matches(&[(b't', &asked)], &[(b't', value)], false);
        }
        for value in asked {
            assert_matches(&[(b't', &asked)], &[(b'p', value), (b't', value)], true);
        }
    }

    /// All filters of one condition against all events, of a few values that begin alike.
    #[measuring::test]
    fn each_value_is_found_where_it_is_asked_for() {
        let values = ["", "a", "ab", "abc", "b", "ba"];
        let chosen = |set: u32| -> Vec<&str> {
            let all = values.iter().enumerate();
            all.filter(|(at, _)| set >> at & 1 == 1)
                .map(|(_, it)| *it)
                .collect()
        };
        for (asked, had) in (0..64).flat_map(|asked| (0..64).map(move |had| (asked, had))) {
            let tags: Vec<_> = chosen(had).into_iter().map(|it| (b't', it)).collect();
            assert_matches(&[(b't', &chosen(asked))], &tags, asked & had != 0);
        }
    }

    #[measuring::test]
    fn a_hundred_filters_stay_in_budget_from_the_first_on() {
        let (filters, event) = sample();
        let match_all = || matching(black_box(&filters), black_box(&event));
        let found = BUDGET.assert_holds_in_process(match_all);
        assert_gives("filters that match the sample's event", &found, &34);
    }

    #[measuring::test]
    fn so_do_long_lists_on_both_sides() {
        let names = |step: usize| (0..2_000).map(move |at| format!("name {}", at * step + 1));
        let filter = [
            condition(b'q', &["never"]),
            super::condition(b'p', names(2).collect()),
        ];
        let mut event: Vec<Tag> = names(4).map(|name| (b'p', name + "?")).collect();
        let matches = |filter: &[Condition], event: &[Tag], expected: bool| {
            let came = BUDGET.assert_holds(|| filter_matches(black_box(filter), event));
            assert_gives("2,000 values and as many tags match", &came, &expected);
        };
        matches(&filter[1..], &event, false);
        event.push((b'p', "name 3999".to_owned()));
        matches(&filter[1..], &event, true);
        matches(&filter, &event, false);
        matches(&filter, &[], false);
    }

    /// More than 16 bits count, and end.
    #[measuring::test]
    fn so_do_seventy_thousand_values() {
        let name = |at: usize| format!("{at:05}");
        let filter = [super::condition(b'p', (0..70_000).map(name).collect())];
        for at in [0, 1, 255, 256, 4_464, 13_107, 65_535, 65_536, 69_999] {
            let event = [(b'p', name(at))];
            let came = BUDGET.assert_holds(|| filter_matches(black_box(&filter), &event));
            assert_gives(format_args!("value {at} of 70,000 is found"), &came, &true);
        }
        let event = [
            (b'p', name(70_000)),
            (b'p', "x".into()),
            (b'p', "00".into()),
        ];
        let came = BUDGET.assert_holds(|| filter_matches(black_box(&filter), &event));
        assert_gives("a value that is not among 70,000 is found", &came, &false);
    }
}
