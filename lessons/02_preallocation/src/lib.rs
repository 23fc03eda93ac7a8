//! Lesson 2: say how much room you need before you need it.
//!
//! A collection that is full moves to a larger allocation. While a [`Vec`] fills, that happens at every doubling, and when
//! it is done up to half of the last allocation is empty. Where the length is known, one sentence saves all of it:
//! `with_capacity(n)`, or an iterator that says how long it is. Where a buffer is needed again and again, clearing it
//! keeps its room. And where the length is only guessed, a reservation can cost more than growing would have: room
//! that is never used is paid for too.
//!
//! Each module is a *staircase*: the same work in several ways, the naive one first. They are defined as cases in
//! [`lesson()`], and every instrument runs those.
//!
//! How a collection grows is std's own business, not a promise. [`Vec`]'s documentation guarantees only amortised
//! O(1) `push`, and [`HashMap`](std::collections::HashMap) promises no load factor. The figures here are those of the
//! std that [`measuring::figures::RUSTC`] names; the tests ask for them exactly there, and for the order elsewhere.

#![forbid(unsafe_code)]

mod cases;
pub mod decoding;
pub mod difference;
pub mod encoding;
mod facts;
pub mod filtering;
pub mod formatting;
pub mod gathering;
pub mod intersection;
pub mod joining;
pub mod map_filling;
pub mod reading_bytes;
pub mod reading_lines;
mod serial;
pub mod union;
pub mod vec_growth;

pub use cases::lesson;
pub use serial::Serial;
