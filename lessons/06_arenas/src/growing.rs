//! Filling one list: on the heap, and in an arena.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

// ANCHOR: malloc
/// An ordinary vector. An allocation that is outgrown goes back to malloc.
pub fn malloc(count: &u64) -> u64 {
    let mut numbers = Vec::new();
    for number in 0..*count {
        numbers.push(number);
    }
    numbers.iter().sum()
}
// ANCHOR_END: malloc

// ANCHOR: malloc_sized
/// An ordinary vector with room for all.
pub fn malloc_sized(count: &u64) -> u64 {
    let mut numbers = Vec::with_capacity(*count as usize);
    for number in 0..*count {
        numbers.push(number);
    }
    numbers.iter().sum()
}
// ANCHOR_END: malloc_sized

// ANCHOR: arena
/// A vector in an arena. What it outgrows stays where it was, unless it is the last thing in its chunk.
pub fn arena(count: &u64) -> u64 {
    let arena = Bump::new();
    let mut numbers = ArenaVec::new_in(&arena);
    for number in 0..*count {
        numbers.push(number);
    }
    numbers.iter().sum()
}
// ANCHOR_END: arena

// ANCHOR: arena_sized
/// A vector in an arena with room for all.
pub fn arena_sized(count: &u64) -> u64 {
    let arena = Bump::new();
    let mut numbers = ArenaVec::with_capacity_in(*count as usize, &arena);
    for number in 0..*count {
        numbers.push(number);
    }
    numbers.iter().sum()
}
// ANCHOR_END: arena_sized
