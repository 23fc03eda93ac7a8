//! A megabyte: too large for many stacks. No staircase, because the naive way may end the process.

use std::hint::black_box;

/// How large.
pub const LARGE: usize = 1 << 20;

// ANCHOR: on_the_stack
/// On the stack, as any local. Nothing moves it to the heap because it is large.
#[inline(never)]
pub fn on_the_stack() -> u8 {
    let table = black_box([1; LARGE]);
    table[LARGE - 1]
}
// ANCHOR_END: on_the_stack

// ANCHOR: through_the_stack
/// On the heap, by way of the stack: the array is made first, and moved into the box
/// then. The optimiser may find a shorter way, or not.
#[inline(never)]
pub fn through_the_stack() -> Box<[u8; LARGE]> {
    Box::new([1; LARGE])
}
// ANCHOR_END: through_the_stack

// ANCHOR: on_the_heap
/// On the heap from the start: a vector is filled where it is, and its allocation becomes
/// the box. `try_into` makes it a `Box<[u8; LARGE]>`, without a copy.
#[inline(never)]
pub fn on_the_heap() -> Box<[u8]> {
    vec![1; LARGE].into_boxed_slice()
}
// ANCHOR_END: on_the_heap
