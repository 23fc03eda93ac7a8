//! Lesson 5: keep what is dear to make, within bounds.
//!
//! A pool keeps values that are no longer needed and hands them out again. What is saved is the making. For a buffer
//! that is an allocation, and the allocator is a pool itself: of blocks of every size, for every thread, at a few
//! dozen instructions an allocation. So a pool of buffers wins only where the allocator is slow, and a buffer that its user
//! simply keeps wins over both. A pool pays where making is real work: a compression context and its tables, the
//! scratch space of a matcher.
//!
//! The price is memory. Nothing leaves a pool by itself, so every pool here has [`Limits`], in values and in bytes.
//!
//! * [`Pool`] lends values in guards ([`Pooled`]) that clear and return them. A value waits on a [`Shelf`]: [`Stack`]
//!   for one thread, [`PerThread`] for each thread its own, [`Locked`] and [`LockFree`] for all threads.
//! * [`SizeClasses`] are byte buffers in three sizes, [`Blocks`] are blocks of one size.
//! * [`JsonBuffers`] and [`Compressors`] are encoders that keep their state.
//!
//! The modules of [`staircases`] do the same work with and without, and every instrument runs them.
//!
//! # How it is checked
//!
//! ```text
//! cargo test -p pooling                                            the lot, against a model and under stress too
//! RUSTFLAGS="--cfg loom" cargo test -p pooling --test loom --release    every interleaving of two and three threads
//! ```

#![forbid(unsafe_code)]

mod blocks;
mod cases;
mod encoders;
mod facts;
mod limits;
mod pool;
mod recycle;
mod shelf;
mod size_classes;
pub mod staircases;
mod sync;

pub use blocks::{Block, BlockError, Blocks};
pub use cases::lesson;
pub use encoders::{Compressors, Context, JsonBuffers};
pub use limits::{Idle, Limits};
pub use pool::{Pool, Pooled};
pub use recycle::Recycle;
pub use shelf::{LockFree, Locked, PerThread, Shelf, Stack};
pub use size_classes::SizeClasses;
