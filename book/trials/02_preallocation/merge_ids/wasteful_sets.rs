//! Goes through trees, which allocate for every few serials.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    let (a, b): (BTreeSet<Serial>, BTreeSet<Serial>) = (
        BTreeSet::from_iter(a.iter().copied()),
        b.iter().copied().collect(),
    );
    out.extend(a.union(&b));
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    let (a, b): (BTreeSet<Serial>, BTreeSet<Serial>) =
        (a.iter().copied().collect(), b.iter().copied().collect());
    out.extend(a.intersection(&b));
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    let (a, b): (BTreeSet<Serial>, BTreeSet<Serial>) =
        (a.iter().copied().collect(), b.iter().copied().collect());
    out.extend(a.difference(&b));
}
