//! The relay's command line.
//!
//! # Begin
//!
//! `cargo run --release -p relay` starts a relay: it says which folder holds its data and which address to give to a
//! Nostr client (`ws://127.0.0.1:7777`), and Ctrl-C ends it. Open `http://127.0.0.1:7777` in a browser to see it at
//! work; nothing is there yet. Give it something to do:
//!
//! ```text
//! relay generate --events 10000 | relay import -     while it isn't running: a database has one user at a time
//! relay                                              the same folder, now with events
//! relay stats                                        what they take, table by table
//! relay export --kind 1 --since 1735689600           and out again
//! ```
//!
//! # Run it for others
//!
//! `relay serve --print-config > relay.toml` writes a file with every setting, its meaning and its default. Change what
//! you like, and start `relay serve --config relay.toml`. Listen on `0.0.0.0:7777`, or better put a web server with a
//! certificate in front and set `url` to the address that clients use: authentication checks it.
//!
//! # Look after it
//!
//! `/metrics` is for Prometheus; `bound_used_bytes` against `bound_budget_bytes` shows which budget is tight. `relay
//! compact` makes the file smaller and trains the dictionary on what is there; `relay check` reads everything back.
//! Both want the relay stopped. A copy of `relay export` is a backup that any relay can read.

#![forbid(unsafe_code)]

mod commands;

use std::process::ExitCode;

// While nothing is counted, its price is one relaxed load for each allocation.
measuring::install!();

fn main() -> ExitCode {
    commands::run(std::env::args_os())
}
