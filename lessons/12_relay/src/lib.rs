//! Lesson 12, the capstone: a miniature Nostr relay with compact storage.
//!
//! Read it from the wire inwards. [`wire`] takes a client's message apart where it lies. [`event`] is the flat form of
//! an event that everything behind the wire works on. [`store`] keeps events in one database file, in a few hundred
//! bytes each, indexes included. [`filter`] says what a client asks for, [`query`] finds it, [`live`] tells it of new
//! events, [`cache`] remembers what was asked before. [`server`] is the sessions, the limits and the shutdown.
//!
//! Beside that way: [`observe`] shows the relay at work, [`upkeep`] is what an operator does with the database, [`config`] the settings, and [`generate`]
//! makes events to try it all with. [`parts`] lets files of `exercises/12_relay` stand in for the relay's own code.

#![forbid(unsafe_code)]

pub mod cache;
mod cases;
pub mod config;
pub mod event;
mod evidence;
pub mod filter;
pub mod generate;
pub mod live;
pub mod observe;
pub mod parts;
pub mod query;
mod scale;
pub mod server;
mod staircase;
pub mod store;
pub mod upkeep;
mod vocabulary;
pub mod wire;

pub use cases::lesson;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A thread that panics under one of the locks here leaves what it guards complete: each change is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
