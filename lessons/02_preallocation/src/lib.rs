//! Lesson 2: say how much room you need before you need it.

#![forbid(unsafe_code)]

mod cases;
pub mod vec_growth;

pub use cases::lesson;
