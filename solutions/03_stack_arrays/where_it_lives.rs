//! A relay keeps these ten values for a connection. Each takes room in two places: where the value itself lies (in a
//! variable, in a struct, in a list of them), and on the heap, for what it only points to. The first is its `size_of`,
//! the second is counted in allocations and bytes. A value that points to nothing has no heap to pay for, wherever it goes.
//!
//! There is no budget to keep. What `main` shows as the budget is the sum of the predictions for a connection. Sizes
//! are those of a 64-bit machine.

#![forbid(unsafe_code)]

// An array is its elements, and nothing else.
const ID: Room = [32, 0, 0];

// All values of 32 bytes are ids, so "none" needs a byte of its own.
const REPLY_TO: Room = [33, 0, 0];

// No box is at address zero, so "none" is that.
const BOXED_REPLY_TO: Room = [8, 1, 32];

// Pointer, capacity and length; the letters are elsewhere.
const ID_IN_HEX: Room = [24, 1, 64];

// A boxed slice has no capacity to remember, so what was left over is given back: by a reallocation.
const CHALLENGE: Room = [16, 2, 40 + 32];

// The 32 bytes of room, and a length.
const NONCE: Room = [40, 0, 0];

// One byte too many: the next power of two on the heap. The room in the value is still there, and unused.
const LONG_NONCE: Room = [40, 1, 64];

// The type of an array knows its length; a slice carries it along.
const VIEWS: Room = [8 + 16, 0, 0];

// A closure is a struct of what it captured.
const FILTER: Room = [32 + 8, 0, 0];

// A pointer to the value and one to its methods. The second filter has captured nothing: no allocation.
const BOXED_FILTERS: Room = [2 * 16, 1, 40];

// ---- Change nothing below this line. ----

use measuring::Budget;
use smallvec::SmallVec;

measuring::install!();

/// What a value takes: `[size_of, allocations, bytes]`.
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

fn nonce() -> SmallVec<[u8; 32]> {
    SmallVec::from_slice(&[7; 32])
}

fn long_nonce() -> SmallVec<[u8; 32]> {
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

fn connection() -> impl Sized {
    let ids = (id(), reply_to(), boxed_reply_to(), id_in_hex());
    let nonces = (challenge(), nonce(), long_nonce());
    let filters = (filter([7; 32], 1_000), boxed_filters());
    (ids, views(&[7; 32]), nonces, filters)
}

fn predicted() -> Budget {
    let ids = [ID, REPLY_TO, BOXED_REPLY_TO, ID_IN_HEX, VIEWS];
    let others = [CHALLENGE, NONCE, LONG_NONCE, FILTER, BOXED_FILTERS];
    let sum = |at: usize| -> u64 { ids.iter().chain(&others).map(|room| room[at]).sum() };
    Budget::of("where_it_lives")
        .allocations(sum(1))
        .bytes(sum(2))
}

fn main() {
    measuring::show(predicted(), connection);
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{assert_predicted, heap};
    use std::hint::black_box;

    /// Makes the value, and holds the prediction against what it takes.
    #[track_caller]
    fn check<T>(value: &str, [size, allocations, bytes]: Room, make: impl FnOnce() -> T) -> T {
        let (made, cost) = heap(make);
        assert_predicted(
            &format!("the size of {value}"),
            size,
            size_of_val(&made) as u64,
        );
        assert_predicted(
            &format!("allocations of {value}"),
            allocations,
            cost.allocations,
        );
        assert_predicted(&format!("bytes of {value}"), bytes, cost.bytes);
        made
    }

    #[test]
    fn the_id() {
        assert_eq!(check("the id", ID, id), [7; 32]);
    }

    #[test]
    fn the_optional_id() {
        let reply_to: Option<[u8; 32]> = check("the optional id", REPLY_TO, reply_to);
        assert_eq!(reply_to, Some([7; 32]));
    }

    #[test]
    fn the_boxed_optional_id() {
        let reply_to: Option<Box<[u8; 32]>> =
            check("the boxed optional id", BOXED_REPLY_TO, boxed_reply_to);
        assert_eq!(reply_to.as_deref(), Some(&[7; 32]));
    }

    #[test]
    fn the_id_in_hex() {
        let hex: String = check("the id in hex", ID_IN_HEX, id_in_hex);
        assert_eq!(hex.len(), 64);
        assert!(hex.starts_with("0707"));
    }

    #[test]
    fn the_challenge() {
        let challenge: Box<[u8]> = check("the challenge", CHALLENGE, challenge);
        assert_eq!(*challenge, [7; 32]);
    }

    #[test]
    fn the_nonce() {
        let nonce: SmallVec<[u8; 32]> = check("the nonce", NONCE, nonce);
        assert_eq!(*nonce, [7; 32]);
    }

    #[test]
    fn the_long_nonce() {
        let nonce: SmallVec<[u8; 32]> = check("the long nonce", LONG_NONCE, long_nonce);
        assert_eq!(*nonce, [7; 33]);
    }

    #[test]
    fn the_views() {
        let id = [7; 32];
        let (array, slice) = check("the two views", VIEWS, || views(black_box(&id)));
        assert_eq!((array.as_ptr(), slice), (id.as_ptr(), &id[..]));
    }

    #[test]
    fn the_filter() {
        let filter = check("the filter", FILTER, || filter(black_box([7; 32]), 1_000));
        assert!(filter(&[7; 32], 1_000));
        assert!(!filter(&[7; 32], 999) && !filter(&[8; 32], 1_000));
    }

    #[test]
    fn the_boxed_filters() {
        let [author, all] = check("the boxed filters", BOXED_FILTERS, boxed_filters);
        assert!(author(&[7; 32], 1_000) && !author(&[7; 32], 999));
        assert!(all(&[7; 32], 999) && all(&[8; 32], 0));
    }
}
