//! Union: the notes of everyone that a reader follows, each once, in order.

use std::cmp::Ordering;

use crate::Serial;

/// A sorted list of notes for each author that is followed.
#[derive(Debug)]
pub struct Feeds(pub Vec<Vec<Serial>>);

impl Feeds {
    /// So many authors with 500 notes each. Neighbours share some: both signed them.
    pub fn sample(authors: u64) -> Self {
        let feed = |author: u64| {
            let notes = (0..500).map(|note| note * 2 * authors + author - author % 2 * (note % 2));
            notes.filter_map(Serial::new).collect()
        };
        Self((0..authors).map(feed).collect())
    }
}

// ANCHOR: merge
/// Appends to `all` what is in `left` or `right`, both sorted and without doubles.
fn merge(mut left: &[Serial], mut right: &[Serial], all: &mut Vec<Serial>) {
    while let ([one, more_left @ ..], [other, more_right @ ..]) = (left, right) {
        all.push(*one.min(other));
        match one.cmp(other) {
            Ordering::Less => left = more_left,
            Ordering::Greater => right = more_right,
            Ordering::Equal => (left, right) = (more_left, more_right),
        }
    }
    all.extend_from_slice(left);
    all.extend_from_slice(right);
}
// ANCHOR_END: merge

// ANCHOR: fresh
/// A new list for every author.
pub fn fresh(feeds: &Feeds) -> Vec<Serial> {
    let mut merged = Vec::new();
    for feed in &feeds.0 {
        let mut all = Vec::new();
        merge(&merged, feed, &mut all);
        merged = all;
    }
    merged
}
// ANCHOR_END: fresh

// ANCHOR: with_capacity
/// A union has no more than both lists together.
pub fn with_capacity(feeds: &Feeds) -> Vec<Serial> {
    let mut merged = Vec::new();
    for feed in &feeds.0 {
        let mut all = Vec::with_capacity(merged.len() + feed.len());
        merge(&merged, feed, &mut all);
        merged = all;
    }
    merged
}
// ANCHOR_END: with_capacity

// ANCHOR: reused
/// Two lists that change places, each with room for everything.
pub fn reused(feeds: &Feeds) -> Vec<Serial> {
    let most = feeds.0.iter().map(Vec::len).sum();
    let mut merged = Vec::with_capacity(most);
    let mut all = Vec::with_capacity(most);
    for feed in &feeds.0 {
        all.clear();
        merge(&merged, feed, &mut all);
        (merged, all) = (all, merged);
    }
    merged
}
// ANCHOR_END: reused
