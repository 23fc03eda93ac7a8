//! The lesson's cases, for every instrument.

use measuring::case::{Lesson, Staircase};

use crate::vec_growth;

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    Lesson {
        name: "preallocation",
        staircases: vec![
            Staircase::over(
                "vec_growth",
                "Fill a vector with numbers",
                &[("1024", || 1_024), ("100000", || 100_000)],
            )
            .step("push", vec_growth::push)
            .step("with_capacity", vec_growth::with_capacity)
            .step("collect", vec_growth::collect)
            .boxed(),
        ],
        facts: vec![],
    }
}
