//! Figures that are no cases.

use measuring::case::Fact;

pub(crate) const FACTS: &[Fact] = &[];
