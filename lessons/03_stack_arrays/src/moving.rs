//! Sorting lists that carry their elements with them.

use smallvec::SmallVec;

/// The tags of a thousand events, as numbers: three each.
#[derive(Debug)]
pub struct Events(Vec<[u64; 3]>);

impl Events {
    /// A thousand events, in no order.
    pub fn sample() -> Self {
        let tags = |event: u64| {
            let first = u64::from_le_bytes(crate::scattered::scattered(event));
            [first, event, event + 1]
        };
        Self((0..1_000).map(tags).collect())
    }
}

/// What the steps give: the second tag of each event, sorted by the first.
pub type Sorted = Vec<u64>;

// ANCHOR: vectors
/// A header of three words for each event moves; the tags stay where they are.
pub fn vectors(events: &Events) -> Sorted {
    let mut lists: Vec<Vec<u64>> = events.0.iter().map(|tags| tags.to_vec()).collect();
    lists.sort_unstable_by_key(|tags| tags[0]);
    lists.iter().map(|tags| tags[1]).collect()
}
// ANCHOR_END: vectors

// ANCHOR: inline_4
/// Room for four tags moves along.
pub fn inline_4(events: &Events) -> Sorted {
    let copied = |tags: &[u64; 3]| SmallVec::<[u64; 4]>::from_slice(tags);
    let mut lists: Vec<_> = events.0.iter().map(copied).collect();
    lists.sort_unstable_by_key(|tags| tags[0]);
    lists.iter().map(|tags| tags[1]).collect()
}
// ANCHOR_END: inline_4

// ANCHOR: inline_64
/// Room for sixty-four tags moves along, nearly all of it empty.
pub fn inline_64(events: &Events) -> Sorted {
    let copied = |tags: &[u64; 3]| SmallVec::<[u64; 64]>::from_slice(tags);
    let mut lists: Vec<_> = events.0.iter().map(copied).collect();
    lists.sort_unstable_by_key(|tags| tags[0]);
    lists.iter().map(|tags| tags[1]).collect()
}
// ANCHOR_END: inline_64
