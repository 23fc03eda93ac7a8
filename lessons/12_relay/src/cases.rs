//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Fact, Lesson};

use crate::{evidence, staircase};

/// What a part of the lesson brings to it.
pub(crate) type Staircases = Vec<Box<dyn Climb>>;

/// The lesson: the relay from its naive form to this one, and what settles the claims about it.
pub fn lesson() -> Lesson {
    let mut staircases = staircase::staircases();
    staircases.extend(evidence::staircases());
    let facts: [&[Fact]; 2] = [staircase::FACTS, evidence::FACTS];
    Lesson {
        name: "relay",
        staircases,
        facts: facts.concat(),
    }
}
