//! Difference: a feed without the notes that its reader has muted.

use crate::Serial;
use crate::intersection::finder;

/// A feed, and what to leave out of it.
#[derive(Debug)]
pub struct Muted {
    feed: Vec<Serial>,
    muted: Vec<Serial>,
}

impl Muted {
    /// Ten thousand notes, of which one in twenty is muted.
    pub fn sample() -> Self {
        let serials = |numbers: std::iter::StepBy<std::ops::Range<u64>>| {
            numbers.filter_map(Serial::new).collect()
        };
        Self {
            feed: serials((0..30_000).step_by(3)),
            muted: serials((0..30_000).step_by(60)),
        }
    }
}

// ANCHOR: fresh
/// Grows a new list.
pub fn fresh(Muted { feed, muted }: &Muted) -> Vec<Serial> {
    let mut is_muted = finder(muted);
    let mut shown = Vec::new();
    for note in feed {
        if !is_muted(note) {
            shown.push(*note);
        }
    }
    shown
}
// ANCHOR_END: fresh

// ANCHOR: with_capacity
/// No more is shown than the feed has.
pub fn with_capacity(Muted { feed, muted }: &Muted) -> Vec<Serial> {
    let mut is_muted = finder(muted);
    let mut shown = Vec::with_capacity(feed.len());
    for note in feed {
        if !is_muted(note) {
            shown.push(*note);
        }
    }
    shown
}
// ANCHOR_END: with_capacity

// ANCHOR: retain
/// Copies the feed and strikes out of it. Who owns the feed saves even the copy.
pub fn retain(Muted { feed, muted }: &Muted) -> Vec<Serial> {
    let mut is_muted = finder(muted);
    let mut shown = feed.clone();
    shown.retain(|note| !is_muted(note));
    shown
}
// ANCHOR_END: retain
