//! Keeps events in one database file, in few bytes.

pub mod dictionary;
pub mod record;
mod seed;
pub mod strings;
pub mod tables;
pub mod values;
mod words;
