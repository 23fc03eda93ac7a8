//! A chat server keeps the author's name beside every message. A busy author writes a hundred of them, so one name is
//! kept a hundred times, in one of four ways: a `String` each, a `Box<str>` each, an `Arc<str>` that is shared, or a
//! number into a list of names.
//!
//! Nothing is wasteful here that you could mend; say what each way costs before you measure it.
//!
//! | question               | to predict                                          |
//! |------------------------|-----------------------------------------------------|
//! | the handle alone       | its size in bytes                                   |
//! | a hundred messages     | allocations and live bytes, the list of messages as well |
//! | break-even             | messages from which on sharing takes fewer bytes    |
//! | all messages deleted   | live bytes that are left                            |
//!
//! `cargo run --bin name_handles` shows the cost of ten messages with a `String` each.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

// TODO: write down what you expect in place of each 0, then let the tests measure it.

/// `size_of` each handle.
const SIZE_OF_STRING: u64 = 0;
const SIZE_OF_BOX_STR: u64 = 0;
const SIZE_OF_ARC_STR: u64 = 0;
const SIZE_OF_NUMBER: u64 = 0;

/// The allocations of a hundred messages.
const ALLOCATIONS_OF_STRINGS: u64 = 0;
const ALLOCATIONS_OF_SHARED: u64 = 0;
const ALLOCATIONS_OF_NUMBERED: u64 = 0;

/// The live bytes of a hundred messages: the handles, and what they lead to.
const BYTES_OF_STRINGS: u64 = 0;
const BYTES_OF_BOXED: u64 = 0;
const BYTES_OF_SHARED: u64 = 0;
const BYTES_OF_NUMBERED: u64 = 0;

/// The first number of messages for which `shared` has fewer live bytes than `strings`.
const SHARED_PAYS_FROM: u64 = 0;

/// The live bytes that are left when the messages are deleted: the vector of handles is dropped, and nothing else.
const LEFT_OF_SHARED: u64 = 0;
const LEFT_OF_NUMBERED: u64 = 0;

// ---- Change nothing below this line. ----

use std::sync::Arc;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_handles");

/// Seven bytes.
const AUTHOR: &str = "satoshi";

fn strings(name: &str, messages: usize) -> Vec<String> {
    (0..messages).map(|_| String::from(name)).collect()
}

fn boxed(name: &str, messages: usize) -> Vec<Box<str>> {
    (0..messages).map(|_| Box::from(name)).collect()
}

/// An `Arc<str>` keeps two counts of eight bytes before the text, in the same allocation. An allocation's size is a multiple of
/// its alignment, here eight.
fn shared(name: &str, messages: usize) -> Vec<Arc<str>> {
    let name = Arc::<str>::from(name);
    (0..messages).map(|_| Arc::clone(&name)).collect()
}

struct Numbered {
    names: Vec<Box<str>>,
    authors: Vec<u32>,
}

fn numbered(name: &str, messages: usize) -> Numbered {
    Numbered {
        names: vec![Box::from(name)],
        authors: vec![0; messages],
    }
}

fn main() {
    measuring::show(BUDGET, || strings(AUTHOR, 10));
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Heap, assert_predicted, heap};
    use std::hint::black_box;

    fn cost<T>(keep: fn(&str, usize) -> T, messages: usize) -> Heap {
        heap(|| keep(black_box(AUTHOR), black_box(messages))).1
    }

    #[test]
    fn the_handle_alone() {
        let sizes = [
            ("size of a String", SIZE_OF_STRING, size_of::<String>()),
            ("size of a Box<str>", SIZE_OF_BOX_STR, size_of::<Box<str>>()),
            (
                "size of an Arc<str>",
                SIZE_OF_ARC_STR,
                size_of::<Arc<str>>(),
            ),
            ("size of a number", SIZE_OF_NUMBER, size_of::<u32>()),
        ];
        for (what, predicted, size) in sizes {
            assert_predicted(what, predicted, size as u64);
        }
    }

    #[test]
    fn allocations_of_a_hundred_messages() {
        let allocations = [
            (
                "allocations of strings",
                ALLOCATIONS_OF_STRINGS,
                cost(strings, 100),
            ),
            (
                "allocations of shared",
                ALLOCATIONS_OF_SHARED,
                cost(shared, 100),
            ),
            (
                "allocations of numbered",
                ALLOCATIONS_OF_NUMBERED,
                cost(numbered, 100),
            ),
        ];
        for (what, predicted, cost) in allocations {
            assert_predicted(what, predicted, cost.allocations);
        }
    }

    #[test]
    fn bytes_of_a_hundred_messages() {
        let bytes = [
            ("bytes of strings", BYTES_OF_STRINGS, cost(strings, 100)),
            ("bytes of boxed", BYTES_OF_BOXED, cost(boxed, 100)),
            ("bytes of shared", BYTES_OF_SHARED, cost(shared, 100)),
            ("bytes of numbered", BYTES_OF_NUMBERED, cost(numbered, 100)),
        ];
        for (what, predicted, cost) in bytes {
            assert_predicted(what, predicted, cost.live as u64);
        }
    }

    #[test]
    fn break_even() {
        let pays = |messages: &usize| cost(shared, *messages).live < cost(strings, *messages).live;
        let first = (1..100).find(pays).unwrap();
        assert_predicted(
            "messages from which on sharing pays",
            SHARED_PAYS_FROM,
            first as u64,
        );
    }

    #[test]
    fn all_messages_deleted() {
        let ((), shared) = heap(|| drop(shared(black_box(AUTHOR), 100)));
        let (names, numbered) = heap(|| numbered(black_box(AUTHOR), 100).names);
        assert_predicted("bytes left of shared", LEFT_OF_SHARED, shared.live as u64);
        assert_predicted(
            "bytes left of numbered",
            LEFT_OF_NUMBERED,
            numbered.live as u64,
        );
        assert_eq!(*names[0], *AUTHOR);
    }
}
