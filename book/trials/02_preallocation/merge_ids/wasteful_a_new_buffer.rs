//! Puts a new buffer in the place of the one that it was given.

measuring::install!();

/// All three into one buffer, which is cold for the first.
const BUDGET: measuring::Budget = measuring::Budget::of("merge_ids")
    .allocations(1)
    .bytes(5 * 2_000);

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    *out = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a, b);
    while let ([x, behind_x @ ..], [y, behind_y @ ..]) = (a, b) {
        out.push(*x.min(y));
        if x <= y {
            a = behind_x;
        }
        if y <= x {
            b = behind_y;
        }
    }
    // One of them is at its end, and all that is left of the other one is larger.
    out.extend_from_slice(a);
    out.extend_from_slice(b);
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    *out = Vec::with_capacity(a.len().min(b.len()));
    let (mut a, mut b) = (a, b);
    while let ([x, behind_x @ ..], [y, behind_y @ ..]) = (a, b) {
        if x == y {
            out.push(*x);
        }
        if x <= y {
            a = behind_x;
        }
        if y <= x {
            b = behind_y;
        }
    }
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    *out = Vec::with_capacity(a.len());
    let (mut a, mut b) = (a, b);
    while let ([x, behind_x @ ..], [y, behind_y @ ..]) = (a, b) {
        if x < y {
            out.push(*x);
        }
        if x <= y {
            a = behind_x;
        }
        if y <= x {
            b = behind_y;
        }
    }
    out.extend_from_slice(a);
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
