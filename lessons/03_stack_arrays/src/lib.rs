//! Lesson 3: put values where they are used, in arrays and inline, not behind a pointer to the heap.
//!
//! Rust decides nothing about stack or heap: you do, by the type. An array lies in its owner, wherever that lies; a
//! [`Vec`], a [`String`] and a [`Box`] hold a pointer to an allocation. So a value whose length is known when the program is
//! compiled should say so: a 32-byte id is a `[u8; 32]` with a name ([`EventId`]). It takes no allocation, and can't have a
//! wrong length. Where a few elements are the rule and many the exception, keep the few in place and let the many spill
//! ([`InlineMap`], [`smallvec`]). What is inline moves with its owner. From a few hundred bytes on, lend it by
//! reference; and where the room is mostly empty, or is a large part of a stack, the heap is the better place.
//!
//! [`EventId`], [`PublicKey`], [`Signature`] and [`InlineMap`] are made to be used. The other modules are
//! *staircases*: the same work in several ways, the naive one first. They are defined as cases in [`lesson()`], and
//! every instrument runs those.

#![forbid(unsafe_code)]

mod cases;
pub mod digests;
pub mod distance;
mod facts;
pub mod filters;
mod fixed;
mod hex;
mod inline_map;
pub mod large;
pub mod lookup;
pub mod moving;
pub mod params;
pub mod passing;
pub mod records;
mod scattered;
pub mod scratch;
pub mod serials;
pub mod zero_test;

pub use cases::lesson;
pub use fixed::{EventId, LengthError, PublicKey, Signature};
pub use hex::HexError;
pub use inline_map::InlineMap;
