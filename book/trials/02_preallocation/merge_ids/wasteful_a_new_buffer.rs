//! Replaces the buffer that it was given by a new one.

#![forbid(unsafe_code)]

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
