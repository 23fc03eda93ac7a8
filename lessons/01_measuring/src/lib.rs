//! Lesson 1: measure before you change anything.
//!
//! A program's memory has three prices. *Heap figures* (allocations, bytes, peak, live) say what was asked of the
//! allocator; they are exact and repeat to the byte. *Instructions* say what the processor was told to do; they
//! repeat too, under callgrind. *Time* is what users feel, and it never repeats. This crate is the meter that every
//! other lesson is measured with: a counting allocator ([`Meter`]), regions to count in ([`heap`],
//! [`heap_of_process`]), budgets for tests ([`Budget`]), a timer that never runs while anything is counted
//! ([`time()`]), and the cases that the benchmarks share ([`case`]).
//!
//! ```
//! measuring::install!();
//!
//! let (numbers, cost) = measuring::heap(|| (0..100u64).collect::<Vec<_>>());
//! assert_eq!((cost.allocations, cost.bytes), (1, 800));
//! drop(numbers);
//! ```
//!
//! The small programs that the lesson measures are in [`staircases`]; `cargo run --release -p measuring --example
//! walk_measuring` walks them.
//!
//! A reallocation counts as one allocation, with its full new size. dhat and valgrind call allocations *blocks*.

#![deny(unsafe_code)]

mod alone;
mod budget;
pub mod case;
mod cases;
mod cost;
pub mod doubles;
pub mod figures;
#[allow(unsafe_code, reason = "glibc's call for it is a foreign function")]
mod give_back;
mod gives;
mod heap;
mod in_time;
#[allow(unsafe_code, reason = "a lock of its own, because std's may allocate")]
mod makers;
#[allow(unsafe_code, reason = "a global allocator can't be written without it")]
mod meter;
mod prediction;
mod show;
pub mod staircases;
mod table;
pub mod time;
mod verdict;
mod walk;
mod work;

pub use alone::alone;
pub use budget::Budget;
pub use cases::lesson;
pub use cost::Heap;
pub use give_back::give_back;
pub use gives::assert_gives;
pub use heap::{Statistics, count_process, freed_by, heap, heap_of_process, statistics};
pub use in_time::{awaiting, in_time};
pub use meter::Meter;
pub use prediction::assert_predicted;
pub use show::{instructions_are_counted_here, show};
pub use table::grouped;
pub use time::time;
pub use walk::walk;
pub use work::{Counted, Work, assert_work, work};

/// A test that ends: `#[test]`, whose body is run by [`in_time`]. Write `#[measuring::test]` where `#[test]` would
/// stand.
///
/// ```
/// #[measuring::test]
/// fn a_queue_hands_on_what_came_first() {
///     let mut queue = std::collections::VecDeque::from([1, 2]);
///     assert_eq!(queue.pop_front(), Some(1));
/// }
/// ```
pub use measuring_macros::test;

/// Installs the [`Meter`] as the binary's global allocator.
///
/// Write it once, at the top of a binary: a test, an example, an exercise. No library does, because a program has
/// one global allocator and the choice is its author's.
///
/// ```
/// measuring::install!();
/// let (_, cost) = measuring::heap(|| Box::new(1u64));
/// assert_eq!(cost.allocations, 1);
/// ```
#[macro_export]
macro_rules! install {
    () => {
        #[global_allocator]
        static METER: $crate::Meter = $crate::Meter::new();
    };
}

/// [`install!`] for a program that can also be a part of a larger one, as the files of `exercises/12_relay` are of the
/// relay: expands to nothing where the package that is compiled has the feature `parts`.
///
/// ```
/// measuring::install_unless_part!();
/// let (_, cost) = measuring::heap(|| Box::new(1u64));
/// assert_eq!(cost.allocations, 1);
/// ```
#[macro_export]
macro_rules! install_unless_part {
    () => {
        #[cfg(not(feature = "parts"))]
        $crate::install!();
    };
}
