//! Keeping the last hundred messages of a chat.

use std::collections::VecDeque;

use bumpalo::Bump;

/// Messages as they come in.
#[derive(Debug)]
pub struct Chat(pub Vec<String>);

impl Chat {
    /// So many messages of 20 to 219 bytes.
    pub fn sample(count: usize) -> Self {
        let message = |number: usize| "m".repeat(20 + number * 37 % 200);
        Self((0..count).map(message).collect())
    }
}

/// How many messages a newcomer is shown.
const KEPT: usize = 100;

fn bytes<'a>(messages: impl Iterator<Item = &'a str>) -> usize {
    messages.map(str::len).sum()
}

// ANCHOR: boxed
/// An allocation per message, freed when a hundred others have come.
pub fn boxed(chat: &Chat) -> usize {
    let mut last: VecDeque<Box<str>> = VecDeque::with_capacity(KEPT);
    for message in &chat.0 {
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back(message.as_str().into());
    }
    bytes(last.iter().map(|message| &**message))
}
// ANCHOR_END: boxed

// ANCHOR: arena
/// Messages in an arena: forgotten by the list, and still there.
pub fn arena(chat: &Chat) -> usize {
    let arena = Bump::new();
    let mut last: VecDeque<&str> = VecDeque::with_capacity(KEPT);
    for message in &chat.0 {
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back(arena.alloc_str(message));
    }
    bytes(last.into_iter())
}
// ANCHOR_END: arena

// ANCHOR: copied_out
/// An arena for each thousand messages. Before it goes, the hundred that count are copied out.
pub fn copied_out(chat: &Chat) -> usize {
    let mut arena = Bump::new();
    let mut kept: Vec<String> = Vec::new();
    for messages in chat.0.chunks(1_000) {
        let mut last: VecDeque<&str> = kept.iter().map(String::as_str).collect();
        for message in messages {
            if last.len() == KEPT {
                last.pop_front();
            }
            last.push_back(arena.alloc_str(message));
        }
        kept = last.into_iter().map(str::to_owned).collect();
        arena.reset();
    }
    bytes(kept.iter().map(String::as_str))
}
// ANCHOR_END: copied_out
