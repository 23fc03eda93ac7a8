//! Searches for the first value that is not below.

#![forbid(unsafe_code)]

use std::cmp::Ordering;

/// Returns whether an event has what a filter asks for. `conditions` are letters with their values:
/// the text of all, and where each ends in it. `letters` are the event's tags: letter and value.
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
    let mut start = 0;
    let mut at = 0;
    let mut count = ends.len();
    while count > 0 {
        let half = count / 2;
        let before = if at + half == 0 {
            0
        } else {
            ends[at + half - 1]
        };
        if text[before as usize..ends[at + half] as usize].cmp(value) == Ordering::Less {
            (start, at, count) = (ends[at + half], at + half + 1, count - half - 1);
        } else {
            count = half;
        }
    }
    ends.get(at)
        .is_some_and(|end| text[start as usize..*end as usize] == *value)
}
