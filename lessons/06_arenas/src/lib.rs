//! Lesson 6: allocate many, free at once.
//!
//! An *arena* takes large chunks from the allocator and hands out pieces of them, one behind the other. Handing out is
//! an addition and a comparison; freeing a piece is nothing at all; freeing all of them is freeing a few chunks, or
//! setting the mark back. What it asks in return: that the pieces may die together. The crate is [`bumpalo`];
//! [`Region`] is an arena of our own, in safe code, to see how little there is to it; [`Scratch`] is what a server
//! keeps for one request after the other.
//!
//! A reference into an arena borrows the arena, so the compiler refuses the two ways to go wrong. Nothing gets out:
//!
//! ```compile_fail,E0515
//! fn greeting() -> &'static str {
//!     let arena = bumpalo::Bump::new();
//!     arena.alloc_str("hello")
//! }
//! ```
//!
//! and nothing outlives a reset, which wants the arena to itself:
//!
//! ```compile_fail,E0502
//! let mut arena = bumpalo::Bump::new();
//! let greeting = arena.alloc_str("hello");
//! arena.reset();
//! println!("{greeting}");
//! ```
//!
//! What it doesn't refuse is to forget: a value in an arena is not dropped. A `String` there leaks its text, a guard
//! is never given back. Use [`bumpalo::collections`] for text and lists, and [`bumpalo::boxed::Box`] for what must be
//! dropped.
//!
//! std's own `Vec` and `Box` take an arena only on nightly, which is why bumpalo has collections of its own:
//!
//! ```compile_fail,E0658
//! let numbers: Vec<u64, std::alloc::System> = Vec::new_in(std::alloc::System);
//! ```
//!
//! Each module is a *staircase*: the same work in several ways, the naive one first. They are defined as cases in
//! [`lesson()`], and every instrument runs those. Chunk sizes are bumpalo's own business: the figures here are those of
//! the version in `Cargo.lock`, and the tests ask for them on one target only.

#![forbid(unsafe_code)]

pub mod blocks;
mod cases;
pub mod dom;
mod facts;
pub mod growing;
pub mod interleaved;
pub mod keeping;
mod region;
pub mod requests;
mod scratch;
pub mod tree;

pub use cases::lesson;
pub use region::{Region, RegionFull};
pub use scratch::Scratch;
