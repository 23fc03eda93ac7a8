//! Keeps events in one database file, in few bytes.

pub mod tables;
