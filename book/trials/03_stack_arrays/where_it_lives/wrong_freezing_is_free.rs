//! Overlooks the reallocation that gives room back.

use measuring::Budget;
use smallvec::SmallVec;

measuring::install!();

/// What a value takes: `[size_of, allocations, bytes]`.
type Room = [u64; 3];

// An array is its elements, and nothing else.
const ID: Room = [32, 0, 0];
fn id() -> [u8; 32] {
    [7; 32]
}

// All values of 32 bytes are ids, so "none" needs a byte of its own.
const REPLY_TO: Room = [33, 0, 0];
fn reply_to() -> Option<[u8; 32]> {
    Some([7; 32])
}

// No box is at address zero, so "none" is that.
const BOXED_REPLY_TO: Room = [8, 1, 32];
fn boxed_reply_to() -> Option<Box<[u8; 32]>> {
    Some(Box::new([7; 32]))
}

// Pointer, capacity and length; the letters are elsewhere.
const ID_IN_HEX: Room = [24, 1, 64];
fn id_in_hex() -> String {
    "07".repeat(32)
}

// A boxed slice has no capacity to remember, so what was left over is given back: by a reallocation.
const CHALLENGE: Room = [16, 1, 40];
fn challenge() -> Box<[u8]> {
    let mut challenge = Vec::with_capacity(40);
    challenge.extend_from_slice(&[7; 32]);
    challenge.into_boxed_slice()
}

// The 32 bytes of room, and a length.
const NONCE: Room = [40, 0, 0];
fn nonce() -> SmallVec<[u8; 32]> {
    SmallVec::from_slice(&[7; 32])
}

// One byte too many: the next power of two on the heap. The room in the value is still there, and unused.
const LONG_NONCE: Room = [40, 1, 64];
fn long_nonce() -> SmallVec<[u8; 32]> {
    let mut nonce = nonce();
    nonce.push(7);
    nonce
}

// The type of an array knows its length; a slice carries it along.
const VIEWS: Room = [8 + 16, 0, 0];
fn views(id: &[u8; 32]) -> (&[u8; 32], &[u8]) {
    (id, id)
}

// A closure is a struct of what it captured.
const FILTER: Room = [32 + 8, 0, 0];
fn filter(author: [u8; 32], since: u64) -> impl Fn(&[u8; 32], u64) -> bool {
    move |by, at| *by == author && at >= since
}

// A pointer to the value and one to its methods. The second filter has captured nothing: no allocation.
const BOXED_FILTERS: Room = [2 * 16, 1, 40];
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
    Budget::of("where_it_lives").allocations(sum(1)).bytes(sum(2))
}

fn main() {
    measuring::show(predicted(), connection);
}
