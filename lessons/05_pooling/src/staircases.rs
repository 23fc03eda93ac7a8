//! The lesson's measured work, with pools and without: a file per staircase.

pub mod acquire;
pub mod burst;
pub mod compress;
pub mod contended;
pub mod fixed;
pub mod handoff;
pub mod json;
pub mod oversized;
pub mod requests;
pub mod zeroed;
