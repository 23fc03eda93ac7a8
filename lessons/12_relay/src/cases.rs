//! The lesson's cases, for every instrument.

mod folder;

use measuring::case::{Climb, Lesson};

pub(crate) use self::folder::Folder;
use crate::{evidence, scale, staircase};

/// What a part of the lesson brings to it.
pub(crate) type Staircases = Vec<Box<dyn Climb>>;

/// The lesson: the relay from its naive form to this one, and what settles the claims about it.
pub fn lesson() -> Lesson {
    let mut staircases = staircase::staircases();
    staircases.extend(evidence::staircases());
    Lesson {
        name: "relay",
        staircases,
        facts: [staircase::FACTS, &evidence::facts(), scale::FACTS].concat(),
    }
}
