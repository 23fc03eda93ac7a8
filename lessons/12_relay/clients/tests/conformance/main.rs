//! What the protocol asks of a relay, over the wire: the checks of public test suites and some more, in our own words.

#![forbid(unsafe_code)]

mod authentication;
mod messages;
mod reading;
mod text;
mod writing;
