//! Expects a name to go with the last number that stands for it.

#![allow(dead_code, reason = "the tests read the predictions")]

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

/// `size_of` each handle.
const SIZE_OF_STRING: u64 = 24;
const SIZE_OF_BOX_STR: u64 = 16;
const SIZE_OF_ARC_STR: u64 = 16;
const SIZE_OF_NUMBER: u64 = 4;

/// The allocations of a hundred messages.
const ALLOCATIONS_OF_STRINGS: u64 = 101;
const ALLOCATIONS_OF_SHARED: u64 = 2;
const ALLOCATIONS_OF_NUMBERED: u64 = 3;

/// The live bytes of a hundred messages: the handles, and what they lead to.
const BYTES_OF_STRINGS: u64 = 3100;
const BYTES_OF_BOXED: u64 = 2300;
const BYTES_OF_SHARED: u64 = 1624;
const BYTES_OF_NUMBERED: u64 = 423;

/// The first number of messages for which `shared` has fewer live bytes than `strings`.
const SHARED_PAYS_FROM: u64 = 2;

/// The live bytes that are left when the messages are deleted: the vector of handles is dropped, and nothing else.
const LEFT_OF_SHARED: u64 = 0;
const LEFT_OF_NUMBERED: u64 = 0;

fn main() {
    measuring::show(BUDGET, || strings(AUTHOR, 10));
}
