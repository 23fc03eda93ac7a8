//! The lessons' cases through three instruments. A bench target is a lesson and an instrument; what the instruments
//! do with a lesson is here, once.

pub mod heap;
#[cfg(unix)]
pub mod instructions;
pub mod time;
