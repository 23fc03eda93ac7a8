//! Copies `ends` into a list that each thread keeps.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::cmp::Ordering;

thread_local!(static ENDS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) });

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
    let mut kept = ENDS.take();
    kept.clear();
    kept.extend_from_slice(ends);
    let found = search(text, &kept, value);
    ENDS.set(kept);
    found
}

fn search(text: &str, ends: &[u32], value: &str) -> bool {
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
