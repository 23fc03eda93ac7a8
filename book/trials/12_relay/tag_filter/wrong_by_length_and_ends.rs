//! Compares lengths, and up to 64 bytes at each end.

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
    let (mut low, mut high) = (0, ends.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = if middle == 0 { 0 } else { ends[middle - 1] };
        let found = &text[start as usize..ends[middle] as usize];
        let (a, b) = (found.as_bytes(), value.as_bytes());
        let most = a.len().min(64);
        if a.len() == b.len()
            && a[..most] == b[..most]
            && a[a.len() - most..] == b[b.len() - most..]
        {
            return true;
        }
        match found.cmp(value) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return true,
            Ordering::Greater => high = middle,
        }
    }
    false
}
