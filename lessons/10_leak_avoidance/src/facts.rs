//! Figures that are no cases.
//!
//! Those about bytes are counted by the meter, so they need a binary that has it installed.

use measuring::case::Fact;
use measuring::heap;

use crate::{Tracked, quiet_runtime};

pub(crate) const FACTS: &[Fact] = &[
    fact("runtime_alone", || {
        drop(quiet_runtime());
        heap(quiet_runtime).1.live.to_string()
    }),
    fact("size_of_tracked_u64", || {
        size_of::<Tracked<u64>>().to_string()
    }),
];

const fn fact(name: &'static str, value: fn() -> String) -> Fact {
    Fact { name, value }
}
