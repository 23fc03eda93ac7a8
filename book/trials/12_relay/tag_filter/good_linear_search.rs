//! Goes through the values one by one.

#![forbid(unsafe_code)]

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
    let mut start = 0;
    ends.iter().any(|end| {
        let it = &text[start..*end as usize];
        start = *end as usize;
        it == value
    })
}
