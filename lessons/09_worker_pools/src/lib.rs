//! Lesson 9: a job needs no thread of its own, and waiting needs no thread at all.
//!
//! A thread per job costs allocations, a stack and a system call, for work that may take less time than that. A fixed
//! number of workers behind a *bounded* queue does the same work with as many threads as there are cores, and when
//! they fall behind, whoever submits has to wait: back-pressure instead of a backlog in memory. What mostly waits,
//! such as a connection, is better off as a task, which has no stack. And where jobs are tiny, a pool loses against a
//! plain loop.
//!
//! [`Pool`] and [`Ordered`] are made to be used. Each other module is a *staircase*: the same work in several ways,
//! the naive one first, as cases in [`lesson()`].
//!
//! # How the pool is checked
//!
//! Beside unit tests there are three checks. `tests/loom.rs` runs it through the interleavings of its lock, its
//! counters and a model of its queue, with at most two interruptions each; that build leaves the staircases out:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test -p worker_pools --test loom --release
//! ```
//!
//! `tests/properties.rs` holds it against a model of what was accepted and refused, and `tests/stress.rs` lets
//! threads submit while it is shut down. Both run with `cargo test -p worker_pools`.

#![forbid(unsafe_code)]

mod ordered;
mod pool;
mod sync;

pub use ordered::{Lost, Map, Ordered};
pub use pool::{Closed, Config, Counts, JobPanic, Pool, StartError, Submitter, TrySubmitError};

// Loom's build is of the pool alone: it replaces nothing in tokio and rayon.
#[cfg(not(loom))]
#[allow(
    clippy::missing_panics_doc,
    reason = "steps panic where the system gives no thread or a step's own invariant is broken"
)]
mod staircases {
    pub mod backlog;
    pub mod cases;
    pub mod checking;
    pub mod connections;
    pub mod counters;
    pub mod expiry;
    pub mod facts;
    pub mod permit_count;
    pub mod permits;
    pub mod settings;
    mod single;
    pub mod subscriptions;
}
#[cfg(not(loom))]
pub use staircases::cases::lesson;
#[cfg(not(loom))]
pub use staircases::{
    backlog, checking, connections, counters, expiry, permit_count, permits, settings,
    subscriptions,
};
