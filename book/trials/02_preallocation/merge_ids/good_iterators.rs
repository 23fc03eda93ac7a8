//! Walks with peekable iterators.

#![forbid(unsafe_code)]

use std::cmp::Ordering;

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    out.reserve(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let from_a = if order.is_le() { a.next() } else { None };
        let from_b = if order.is_ge() { b.next() } else { None };
        out.extend(from_a.or(from_b));
    }
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    out.reserve_exact(a.len().min(b.len()));
    let mut b = b.iter().peekable();
    for x in a {
        while b.next_if(|y| *y < x).is_some() {}
        if b.peek() == Some(&x) {
            out.push(*x);
        }
    }
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    out.reserve_exact(a.len());
    let mut b = b.iter().peekable();
    for x in a {
        while b.next_if(|y| *y < x).is_some() {}
        if b.peek() != Some(&x) {
            out.push(*x);
        }
    }
}
