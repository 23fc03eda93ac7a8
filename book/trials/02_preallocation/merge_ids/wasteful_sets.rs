//! Goes through trees, which take an allocation for every few serials.

use std::collections::BTreeSet;

measuring::install!();

/// All three into one buffer, which is cold for the first.
const BUDGET: measuring::Budget = measuring::Budget::of("merge_ids")
    .allocations(1)
    .bytes(5 * 2_000);

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

fn main() {
    let (a, b) = (sample(3), sample(5));
    measuring::show(BUDGET, || {
        let mut out = Vec::new();
        union(&a, &b, &mut out);
        intersection(&a, &b, &mut out);
        difference(&a, &b, &mut out);
        out
    });
}

/// A thousand serials, `step` apart.
fn sample(step: u64) -> Vec<Serial> {
    (0..1_000).map(|number| serial(number * step)).collect()
}

/// The low five bytes of a number, the highest first.
fn serial(number: u64) -> Serial {
    let [_, _, _, serial @ ..] = number.to_be_bytes();
    serial
}
