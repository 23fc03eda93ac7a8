//! Lesson 10: give back what you no longer need, and prove it.
//!
//! Rust frees what goes out of scope. A leak is what never does: a task that waits for a message nobody can send, an
//! entry that nobody strikes out of a table, two `Rc`s that hold each other, a buffer that keeps the room of its
//! busiest second. None of it is unsafe and the compiler says nothing. Three figures find it: live bytes that don't
//! return to where they were, tasks that are alive when their reason is gone, values that were never dropped. The
//! mends are all one: something *owns* the thing, and dropping the owner ends it.
//!
//! For tests and for a service's own shutdown the crate has
//! - [`LeakGuard`], which fails where a piece of work leaves bytes, tasks or values behind;
//! - [`Checkpoint`], which says what is alive now and wasn't before, and waits for it to end;
//! - [`Census`] and [`Tracked`], which count the living values of a kind;
//! - [`wind_down`], which ends a group of tasks within a deadline;
//! - [`ShrinkPolicy`], which gives a collection's room back after a burst.
//!
//! A task that ends with its owner is tokio-util's [`AbortOnDropHandle`]; that and [`CancellationToken`] are passed on.
//!
//! [`causes`] shows what leaks, one small piece of work for each cause. Each other module is a *staircase*: the same
//! work in several ways, the leaking one first. They are defined as cases in [`lesson()`]. Tasks run on current-thread runtimes there, so that the heap figures are exact.
//!
//! `cargo test -p leak_avoidance --lib shrink` holds the policy against its promises on any sequence of uses, and
//! `cargo test -p leak_avoidance --test stress` ends ten thousand connections on two threads in every way there is.

#![forbid(unsafe_code)]

pub mod backlog;
pub mod cache;
mod cases;
pub mod causes;
mod census;
mod checkpoint;
pub mod connections;
mod facts;
pub mod frames;
mod guard;
pub mod replies;
pub mod results;
mod shrink;
pub mod subscriptions;
pub mod timers;
pub mod tracking;
mod wind_down;

pub use cases::lesson;
pub use census::{Census, Tracked};
pub use checkpoint::{Checkpoint, Leftovers};
pub use guard::LeakGuard;
pub use shrink::{Room, ShrinkPolicy};
pub use tokio_util::sync::CancellationToken;
pub use tokio_util::task::AbortOnDropHandle;
pub use wind_down::{Ended, wind_down};

/// A runtime on this thread, with a timer and without anything to do.
///
/// # Panics
///
/// Where the system has no resources for one.
fn quiet_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without threads or sockets needs nothing that could be missing")
}
