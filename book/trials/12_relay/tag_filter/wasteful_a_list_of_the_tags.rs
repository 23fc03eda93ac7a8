//! Copies references to the event's tags into a list.

use std::cmp::Ordering;

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("tag_filter").allocations(0);

/// Whether an event has what a filter asks for. `conditions` are letters with their values: the text of all, and where
/// each ends in it. `letters` are the event's tags: letters with a value.
pub fn matches<'f, 'e>(
    mut conditions: impl Iterator<Item = (u8, &'f str, &'f [u32])>,
    letters: impl Iterator<Item = (u8, &'e str)> + Clone,
) -> bool {
    let tags: Vec<_> = letters.collect();
    conditions.all(|(letter, text, ends)| {
        let mut letters = tags.iter().copied();
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
