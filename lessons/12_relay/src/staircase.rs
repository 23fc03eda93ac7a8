//! The whole relay in ten steps, from what a hurried programmer writes to what this crate is.

use measuring::case::Fact;

use crate::cases::Staircases;

/// The steps, over their inputs.
pub(crate) fn staircases() -> Staircases {
    Vec::new()
}

/// What the steps take on disk.
pub(crate) const FACTS: &[Fact] = &[];
