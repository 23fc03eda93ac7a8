//! Appends and sorts for the union, and filters in place for the other two.

#![forbid(unsafe_code)]

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    out.reserve(a.len() + b.len());
    out.extend_from_slice(a);
    out.extend_from_slice(b);
    out.sort_unstable();
    out.dedup();
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    out.clear();
    out.extend_from_slice(short);
    out.retain(|serial| long.binary_search(serial).is_ok());
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    out.extend_from_slice(a);
    out.retain(|serial| b.binary_search(serial).is_err());
}
