//! What an operator does with a database while no client is served: compact it, check it, measure it.
//!
//! None of it is on the way of an event or a query, so the rooms can be read without it.

mod check;
mod compact;
mod compare;
mod stats;

pub use self::check::{Finding, Report};
pub use self::compact::{Compacted, Progress};
pub use self::compare::Comparison;
pub(crate) use self::compare::plain;
pub use self::stats::{Stats, TableStats};
