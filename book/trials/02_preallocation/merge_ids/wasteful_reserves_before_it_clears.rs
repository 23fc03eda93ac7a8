//! Reserves beside the old result, and clears afterwards.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(mut a: &[Serial], mut b: &[Serial], out: &mut Vec<Serial>) {
    out.reserve(a.len() + b.len());
    out.clear();
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if x < y {
            out.push(*x);
            a = a_rest;
        } else if x > y {
            out.push(*y);
            b = b_rest;
        } else {
            out.push(*x);
            (a, b) = (a_rest, b_rest);
        }
    }
    // One list is empty now. All serials that are left of the other one are larger.
    out.extend_from_slice(a);
    out.extend_from_slice(b);
}

/// The serials that are in `a` and in `b`.
fn intersection(mut a: &[Serial], mut b: &[Serial], out: &mut Vec<Serial>) {
    out.reserve(a.len().min(b.len()));
    out.clear();
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if x < y {
            a = a_rest;
        } else if x > y {
            b = b_rest;
        } else {
            out.push(*x);
            (a, b) = (a_rest, b_rest);
        }
    }
}

/// The serials that are in `a` and not in `b`.
fn difference(mut a: &[Serial], mut b: &[Serial], out: &mut Vec<Serial>) {
    out.reserve(a.len());
    out.clear();
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if x < y {
            out.push(*x);
            a = a_rest;
        } else if x > y {
            b = b_rest;
        } else {
            (a, b) = (a_rest, b_rest);
        }
    }
    out.extend_from_slice(a);
}
