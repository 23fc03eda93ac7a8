//! A relay passes a new event on to those who subscribed to it, and this decides what they see of its tags. A condition
//! is a letter and values: the event must have a tag of that letter with one of them. All conditions must hold. The
//! values of a condition lie sorted in one text, one behind the other, and with them where each one ends.
//!
//! The event's tags are walked through for each condition: an iterator over borrowed things is a few words, and cloning
//! it begins again. A tag of the right letter is searched for among the sorted values, in the text where they lie.
//!
//! | measure | budget | why                                                          |
//! |---------|--------|--------------------------------------------------------------|
//! | allocations  |      0 | both sides lie in memory already, one of them sorted         |

#![forbid(unsafe_code)]

use std::cmp::Ordering;

/// Whether an event has what a filter asks for. `conditions` are letters with their values: the text of all, and where
/// each ends in it. `letters` are the event's tags: letters with a value.
pub fn matches<'f, 'e>(
    mut conditions: impl Iterator<Item = (u8, &'f str, &'f [u32])>,
    letters: impl Iterator<Item = (u8, &'e str)> + Clone,
) -> bool {
    conditions.all(|(letter, text, ends)| {
        let mut letters = letters.clone();
        letters.any(|(tag, value)| tag == letter && contains(text, ends, value))
    })
}

/// Whether a value is among those of a condition.
fn contains(text: &str, ends: &[u32], value: &str) -> bool {
    let (mut low, mut high) = (0, ends.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = if middle == 0 { 0 } else { ends[middle - 1] };
        match text[start as usize..ends[middle] as usize].cmp(value) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return true,
            Ordering::Greater => high = middle,
        }
    }
    false
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_filter").allocations(0);

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

/// A hundred filters that each ask for 20 people and a topic; an event that names 40 people and two topics.
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
    use std::hint::black_box;

    fn condition(letter: u8, values: &[&str]) -> Condition {
        super::condition(letter, values.iter().map(|it| it.to_string()).collect())
    }

    fn tags(tags: &[(u8, &str)]) -> Vec<Tag> {
        tags.iter()
            .map(|(letter, value)| (*letter, value.to_string()))
            .collect()
    }

    #[test]
    fn every_condition_must_hold_and_one_value_is_enough() {
        let filter = [
            condition(b't', &["rust", "nostr"]),
            condition(b'p', &["ann"]),
        ];
        let matches = |event: &[(u8, &str)]| filter_matches(&filter, &tags(event));
        assert!(matches(&[(b'p', "ann"), (b't', "rust")]));
        assert!(matches(&[
            (b't', "go"),
            (b't', "nostr"),
            (b'p', "bob"),
            (b'p', "ann")
        ]));
        assert!(!matches(&[(b't', "rust"), (b't', "nostr")]));
        assert!(!matches(&[(b'p', "ann"), (b't', "go")]));
        assert!(!matches(&[(b'p', "rust"), (b't', "ann")]));
        assert!(!matches(&[]));
    }

    #[test]
    fn nothing_asked_for_is_met_and_no_value_never_is() {
        assert!(filter_matches(&[], &[]));
        assert!(filter_matches(&[], &tags(&[(b't', "rust")])));
        assert!(!filter_matches(
            &[condition(b't', &[])],
            &tags(&[(b't', ""), (b't', "rust")])
        ));
        let filter = [condition(b't', &["rust"]), condition(b'p', &[])];
        assert!(!filter_matches(
            &filter,
            &tags(&[(b't', "rust"), (b'p', "")])
        ));
    }

    #[test]
    fn letters_differ_by_case_and_one_may_be_asked_for_twice() {
        let upper = [condition(b'E', &["x"])];
        assert!(!filter_matches(&upper, &tags(&[(b'e', "x")])));
        let both = [
            condition(b't', &["rust"]),
            condition(b't', &["go", "nostr"]),
        ];
        assert!(!filter_matches(&both, &tags(&[(b't', "rust")])));
        assert!(filter_matches(
            &both,
            &tags(&[(b't', "nostr"), (b't', "rust")])
        ));
    }

    #[test]
    fn values_are_whole() {
        let filter = [condition(b't', &["ab", "c", "über", "z"])];
        for value in ["ab", "c", "über", "z"] {
            assert!(filter_matches(&filter, &tags(&[(b't', value)])), "{value}");
        }
        for value in ["", "a", "b", "bc", "abc", "cü", "ber", "ü", "zz", "C"] {
            assert!(!filter_matches(&filter, &tags(&[(b't', value)])), "{value}");
        }
    }

    /// All filters of one condition against all events, of a few values that begin alike.
    #[test]
    fn each_value_is_found_where_it_is_asked_for() {
        let values = ["", "a", "ab", "abc", "b", "ba"];
        let chosen = |set: u32| -> Vec<&str> {
            let all = values.iter().enumerate();
            all.filter(|(at, _)| set >> at & 1 == 1)
                .map(|(_, it)| *it)
                .collect()
        };
        for (asked, had) in (0..64).flat_map(|asked| (0..64).map(move |had| (asked, had))) {
            let filter = [condition(b't', &chosen(asked))];
            let event: Vec<_> = chosen(had)
                .iter()
                .map(|it| (b't', it.to_string()))
                .collect();
            assert_eq!(
                filter_matches(&filter, &event),
                asked & had != 0,
                "{asked:b} {had:b}"
            );
        }
    }

    #[test]
    fn a_hundred_filters_stay_in_budget_from_the_first_on() {
        let (filters, event) = sample();
        let found = BUDGET.assert_holds(|| matching(black_box(&filters), black_box(&event)));
        assert_eq!(found, 34);
    }

    #[test]
    fn so_do_long_lists_on_both_sides() {
        let names = |step: usize| (0..2_000).map(move |at| format!("name {}", at * step + 1));
        let filter = [
            condition(b'q', &["never"]),
            super::condition(b'p', names(2).collect()),
        ];
        let mut event: Vec<_> = names(4).map(|name| (b'p', name + "?")).collect();
        assert!(!BUDGET.assert_holds(|| filter_matches(black_box(&filter[1..]), &event)));
        event.push((b'p', "name 3999".to_owned()));
        assert!(BUDGET.assert_holds(|| filter_matches(black_box(&filter[1..]), &event)));
        assert!(!BUDGET.assert_holds(|| filter_matches(black_box(&filter), &event)));
    }
}
