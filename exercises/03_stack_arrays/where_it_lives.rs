//! A relay keeps ten values for each connection. A value takes bytes where it lies, which is its
//! `size_of`, and allocations on the heap for what it points to. Predict for each value: its size,
//! its allocations, and the bytes of those allocations. Example: a `Box<u64>` is `[8, 1, 8]`.
//!
//! Sizes are those of a 64-bit machine. A reallocation counts as one more allocation, with its full
//! new size, also when it shrinks one. A `SmallVec<[u8; N]>` is a capacity, and next to it the
//! larger of two: N bytes in place, or a pointer and a length. A push to a full one moves all bytes
//! to the heap, to a capacity of the next power of two. When all are right, `cargo run` explains.

#![forbid(unsafe_code)]

// TODO: each is `[size, allocations, bytes]`, and all ten are still zero. Their code is below.
const ID: Room = [0, 0, 0];
const REPLY_TO: Room = [0, 0, 0];
const BOXED_REPLY_TO: Room = [0, 0, 0];
const ID_IN_HEX: Room = [0, 0, 0];
const CHALLENGE: Room = [0, 0, 0];
const NONCE: Room = [0, 0, 0];
const LONG_NONCE: Room = [0, 0, 0];
const VIEWS: Room = [0, 0, 0];
const FILTER: Room = [0, 0, 0];
const BOXED_FILTERS: Room = [0, 0, 0];

// ---- Change nothing below this line. ----

measuring::install!();

/// What a value takes: `[size, allocations, bytes]`.
type Room = [u64; 3];

fn id() -> [u8; 32] {
    [7; 32]
}

fn reply_to() -> Option<[u8; 32]> {
    Some([7; 32])
}

fn boxed_reply_to() -> Option<Box<[u8; 32]>> {
    Some(Box::new([7; 32]))
}

fn id_in_hex() -> String {
    "07".repeat(32)
}

fn challenge() -> Box<[u8]> {
    let mut challenge = Vec::with_capacity(40);
    challenge.extend_from_slice(&[7; 32]);
    challenge.into_boxed_slice()
}

fn nonce() -> smallvec::SmallVec<[u8; 32]> {
    smallvec::SmallVec::from_slice(&[7; 32])
}

fn long_nonce() -> smallvec::SmallVec<[u8; 32]> {
    let mut nonce = nonce();
    nonce.push(7);
    nonce
}

fn views(id: &[u8; 32]) -> (&[u8; 32], &[u8]) {
    (id, id)
}

fn filter(author: [u8; 32], since: u64) -> impl Fn(&[u8; 32], u64) -> bool {
    move |by, at| *by == author && at >= since
}

fn boxed_filters() -> [Box<Filter>; 2] {
    [Box::new(filter([7; 32], 1_000)), Box::new(|_, _| true)]
}

type Filter = dyn Fn(&[u8; 32], u64) -> bool;

/// A value's name, its prediction, what it takes, and why.
type Row = (&'static str, Room, Room, &'static str);

/// All ten values. Predict before you read the reasons.
fn rows() -> [Row; 10] {
    let lent = std::hint::black_box([7; 32]);
    let views = measured(|| views(&lent));
    let filter = measured(|| filter(lent, 1_000));
    [
        ("id", ID, measured(id), REASONS[0]),
        ("reply_to", REPLY_TO, measured(reply_to), REASONS[1]),
        (
            "boxed_reply_to",
            BOXED_REPLY_TO,
            measured(boxed_reply_to),
            REASONS[2],
        ),
        ("id_in_hex", ID_IN_HEX, measured(id_in_hex), REASONS[3]),
        ("challenge", CHALLENGE, measured(challenge), REASONS[4]),
        ("nonce", NONCE, measured(nonce), REASONS[5]),
        ("long_nonce", LONG_NONCE, measured(long_nonce), REASONS[6]),
        ("views", VIEWS, views, REASONS[7]),
        ("filter", FILTER, filter, REASONS[8]),
        (
            "boxed_filters",
            BOXED_FILTERS,
            measured(boxed_filters),
            REASONS[9],
        ),
    ]
}

/// What the value takes that `make` returns.
fn measured<T>(make: impl FnOnce() -> T) -> Room {
    let (value, cost) = ::measuring::heap(make);
    [
        ::std::mem::size_of_val(&value) as u64,
        cost.allocations,
        cost.bytes,
    ]
}

fn main() {
    let rows = rows();
    if rows
        .iter()
        .any(|(_, predicted, measured, _)| predicted != measured)
    {
        println!("Not all predictions are right yet: cargo test --bin where_it_lives");
        return;
    }
    println!("         value  size  allocations  bytes  why");
    for (value, _, [size, allocations, bytes], why) in rows {
        println!("{value:>14}{size:>6}{allocations:>13}{bytes:>7}  {why}");
    }
}

const REASONS: [&str; 10] = [
    "An array is its elements, and nothing else.",
    "Every pattern of 32 bytes is an id, so None takes a byte of its own.",
    "A box is never at address zero, so None is zero. The array is the allocation.",
    "A String is pointer, capacity and length. `repeat` knows that it needs 64 bytes.",
    "A boxed slice has no capacity. To drop the spare 8 bytes, 40 are reallocated to 32.",
    "The capacity, and 32 bytes in place: more than the pointer and length would take.",
    "The 33rd byte moves all to the next power of two. The 32 bytes in place stay, unused.",
    "The array's length is in its type: 8 bytes. A slice carries its length along: 16.",
    "A closure is a struct of what it captured: 32 bytes and 8.",
    "Two pointers for each: value, and its functions. The second captured nothing to allocate.",
];

#[cfg(test)]
mod tests {
    /// Holds the three numbers of a value against what was measured.
    #[track_caller]
    fn check(value: &str) {
        let rows = super::rows();
        let row = rows.into_iter().find(|row| row.0 == value);
        let (_, predicted, measured, _) = row.expect("each value has a row");
        let what = [
            format!("size of {value}, by `size_of_val`"),
            format!("allocations for {value}"),
            format!("bytes of the allocations for {value}"),
        ];
        for (at, what) in what.iter().enumerate() {
            ::measuring::assert_predicted(what, predicted[at], measured[at]);
        }
    }

    #[measuring::test]
    fn the_id() {
        check("id");
    }

    #[measuring::test]
    fn the_optional_id() {
        check("reply_to");
    }

    #[measuring::test]
    fn the_boxed_optional_id() {
        check("boxed_reply_to");
    }

    #[measuring::test]
    fn the_id_in_hex() {
        check("id_in_hex");
    }

    #[measuring::test]
    fn the_challenge() {
        check("challenge");
    }

    #[measuring::test]
    fn the_nonce() {
        check("nonce");
    }

    #[measuring::test]
    fn the_long_nonce() {
        check("long_nonce");
    }

    #[measuring::test]
    fn the_views() {
        check("views");
    }

    #[measuring::test]
    fn the_filter() {
        check("filter");
    }

    #[measuring::test]
    fn the_boxed_filters() {
        check("boxed_filters");
    }
}
