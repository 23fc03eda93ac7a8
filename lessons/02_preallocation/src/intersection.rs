//! Intersection: the notes that an author, a kind and a hashtag have in common.

use std::cmp::Ordering;

use crate::Serial;

/// What three indexes say to a query.
#[derive(Debug)]
pub struct Hits {
    first: Vec<Serial>,
    others: [Vec<Serial>; 2],
}

impl Hits {
    /// Lists of ten thousand that share nine serials in ten.
    pub fn dense() -> Self {
        Self::of(|serial, index| serial % 20 != index)
    }

    /// Lists of ten thousand, of which one serial in a thousand is in all.
    pub fn sparse() -> Self {
        Self::of(|serial, index| serial % 1_000 == 0 || serial % 3 == index)
    }

    fn of(has: fn(u64, u64) -> bool) -> Self {
        let list = |index| {
            let serials = (0..).filter(|&serial| has(serial, index));
            serials.take(10_000).filter_map(Serial::new).collect()
        };
        Self {
            first: list(0),
            others: [list(1), list(2)],
        }
    }
}

/// Appends to `common` what is in both lists, which are sorted and without doubles.
fn intersect(mut left: &[Serial], mut right: &[Serial], common: &mut Vec<Serial>) {
    while let ([one, more_left @ ..], [other, more_right @ ..]) = (left, right) {
        match one.cmp(other) {
            Ordering::Less => left = more_left,
            Ordering::Greater => right = more_right,
            Ordering::Equal => {
                common.push(*one);
                (left, right) = (more_left, more_right);
            }
        }
    }
}

// ANCHOR: fresh
/// A new list for every index, which grows as it is filled.
pub fn fresh(hits: &Hits) -> Vec<Serial> {
    let mut common = hits.first.clone();
    for other in &hits.others {
        let mut both = Vec::new();
        intersect(&common, other, &mut both);
        common = both;
    }
    common
}
// ANCHOR_END: fresh

// ANCHOR: with_capacity
/// What is in both lists is no more than the shorter one has.
pub fn with_capacity(hits: &Hits) -> Vec<Serial> {
    let mut common = hits.first.clone();
    for other in &hits.others {
        let mut both = Vec::with_capacity(common.len().min(other.len()));
        intersect(&common, other, &mut both);
        common = both;
    }
    common
}
// ANCHOR_END: with_capacity

// ANCHOR: finder
/// Says of ever larger serials whether a sorted list has them, and reads that list once.
pub(crate) fn finder(list: &[Serial]) -> impl FnMut(&Serial) -> bool {
    let mut rest = list.iter().peekable();
    move |serial| {
        while rest.next_if(|candidate| *candidate < serial).is_some() {}
        rest.next_if_eq(&serial).is_some()
    }
}
// ANCHOR_END: finder

// ANCHOR: retain
/// The list only ever gets shorter: strike out of it what the others lack.
pub fn retain(hits: &Hits) -> Vec<Serial> {
    let mut common = hits.first.clone();
    for other in &hits.others {
        common.retain(finder(other));
    }
    common
}
// ANCHOR_END: retain
