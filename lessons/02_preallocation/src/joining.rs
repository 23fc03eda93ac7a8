//! Joining words into one text, with a space between them.

/// The hashtags of a note.
#[derive(Debug)]
pub struct Tags(pub Vec<&'static str>);

impl Tags {
    /// So many tags.
    pub fn sample(count: usize) -> Self {
        let known = ["#rust", "#nostr", "#art", "#music", "#photography", "#til"];
        Self(known.into_iter().cycle().take(count).collect())
    }
}

/// What belongs between the text so far and the next tag.
fn space(text: &str) -> &'static str {
    if text.is_empty() { "" } else { " " }
}

// ANCHOR: format
/// Writes the whole text anew for every tag.
pub fn format(tags: &Tags) -> String {
    let mut text = String::new();
    for tag in &tags.0 {
        text = format!("{text}{}{tag}", space(&text));
    }
    text
}
// ANCHOR_END: format

// ANCHOR: plus
/// `+` takes the text, appends to it and hands it back: nothing is written anew.
pub fn plus(tags: &Tags) -> String {
    let mut text = String::new();
    for tag in &tags.0 {
        let space = space(&text);
        text = text + space + tag;
    }
    text
}
// ANCHOR_END: plus

// ANCHOR: push_str
/// The same by another name. `+=` is a third one.
pub fn push_str(tags: &Tags) -> String {
    let mut text = String::new();
    for tag in &tags.0 {
        text.push_str(space(&text));
        text.push_str(tag);
    }
    text
}
// ANCHOR_END: push_str

// ANCHOR: sized
/// Measures first: the tags, and a space between any two.
pub fn sized(tags: &Tags) -> String {
    let letters: usize = tags.0.iter().map(|tag| tag.len()).sum();
    let spaces = tags.0.len().saturating_sub(1);
    let mut text = String::with_capacity(letters + spaces);
    for tag in &tags.0 {
        text.push_str(space(&text));
        text.push_str(tag);
    }
    text
}
// ANCHOR_END: sized

// ANCHOR: join
/// The library measures, too.
pub fn join(tags: &Tags) -> String {
    tags.0.join(" ")
}
// ANCHOR_END: join
