//! Looks for each value among the tags.

#![forbid(unsafe_code)]

/// Whether an event has what a filter asks for. `conditions` are letters with their values: the text of all, and where
/// each ends in it. `letters` are the event's tags: letters with a value.
pub fn matches<'f, 'e>(
    mut conditions: impl Iterator<Item = (u8, &'f str, &'f [u32])>,
    letters: impl Iterator<Item = (u8, &'e str)> + Clone,
) -> bool {
    conditions.all(|(letter, text, ends)| {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).any(|(start, end)| {
            let asked = &text[start as usize..*end as usize];
            letters
                .clone()
                .any(|(tag, value)| tag == letter && value == asked)
        })
    })
}
