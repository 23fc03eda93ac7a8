//! Lesson 7: keep each repeated value once, and a small number in its place.
//!
//! A program that keeps the same names over and over pays 24 bytes and an allocation for each. An `Arc<str>` shares the
//! allocation; a [`Symbol`] of 4 bytes, given out by an [`Interner`], shares everything and compares as a number. Closed
//! sets need no table at all ([`static_names`]). For pairs of numbers and ids, [`IdCache`] looks both ways, holds each
//! pair once and keeps within a budget in bytes. Interning loses where values don't repeat, and where strangers choose
//! them: nothing that was interned is ever freed, so an interner has [`Limits`] and a cache evicts ([`eviction`]).
//!
//! The other modules are *staircases*: the same work in several ways, the naive one first. They are defined as cases
//! in [`lesson()`], and every instrument runs those.
//!
//! [`SharedInterner`] and [`SharedIdCache`] are for several threads. Beside unit tests there are properties against
//! simple models and a bounded stress test (`cargo test -p interning`), and models of all interleavings:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test -p interning --test loom --release
//! ```
//!
//! How a table grows is the library's business, not a promise. The figures here are those of the versions in
//! `Cargo.lock` and of the std that [`measuring::figures::RUSTC`] names.

#![forbid(unsafe_code)]

mod cases;
pub mod contended;
pub mod eviction;
mod facts;
mod id_cache;
mod interner;
pub mod layouts;
pub mod repeated;
mod shared;
pub mod static_names;
mod sync;
pub mod two_way;

use std::hash::{BuildHasherDefault, DefaultHasher};

pub use cases::lesson;
pub use id_cache::{BudgetTooSmall, Id, IdCache, Serial};
pub use interner::{Full, Interner, Iter, Limits, Symbol};
pub use shared::{SharedIdCache, SharedInterner};

/// Hashes the same in every run, so that measured cases repeat. Where strangers choose the keys, keep std's random
/// seed, which is the default of every type here.
pub type FixedSeed = BuildHasherDefault<DefaultHasher>;
