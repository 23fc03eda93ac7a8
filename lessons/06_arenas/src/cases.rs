//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::blocks::{self, Load};
use crate::dom::{self, Page};
use crate::facts::FACTS;
use crate::growing;
use crate::interleaved::{self, Deal};
use crate::keeping::{self, Chat};
use crate::requests::{self, Inbox};
use crate::tree::{self, Plan};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    Lesson {
        name: "arenas",
        staircases: freed_together()
            .into_iter()
            .chain(lists())
            .chain(loops())
            .collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn freed_together() -> Staircases {
    vec![
        Staircase::over(
            "blocks",
            "A thousand blocks of a kilobyte",
            &[("untouched", Load::untouched), ("written", Load::written)],
        )
        .step("malloc", blocks::malloc)
        .step("chunks", blocks::chunks)
        .step("with_capacity", blocks::with_capacity)
        .step("region", blocks::region)
        .step("reused", blocks::reused)
        .boxed(),
        Staircase::over(
            "tree",
            "Build, add up and free a binary tree",
            &[
                ("31", || Plan::of_depth(5)),
                ("65535", || Plan::of_depth(16)),
            ],
        )
        .step("boxed", tree::boxed)
        .step("arena", tree::arena)
        .step("reused", tree::reused)
        .step("indexed", tree::indexed)
        .boxed(),
        Staircase::over(
            "dom",
            "Find a word on a page, and where it stands",
            &[("200", || Page::sample(200))],
        )
        .step("counted", dom::counted::paths)
        .step("borrowed", dom::borrowed::paths)
        .step("linked", dom::linked::paths)
        .boxed(),
    ]
}

fn lists() -> Staircases {
    vec![
        Staircase::over(
            "growing",
            "Fill a list of numbers",
            &[("1000", || 1_000), ("1000000", || 1_000_000)],
        )
        .step("malloc", growing::malloc)
        .step("malloc_sized", growing::malloc_sized)
        .step("arena", growing::arena)
        .step("arena_sized", growing::arena_sized)
        .boxed(),
        Staircase::over(
            "interleaved",
            "Fill ten lists in turns",
            &[("1000", || Deal::sample(1_000))],
        )
        .step("malloc", interleaved::malloc)
        .step("arena", interleaved::arena)
        .step("arena_sized", interleaved::arena_sized)
        .boxed(),
    ]
}

fn loops() -> Staircases {
    vec![
        Staircase::over(
            "requests",
            "Answer a thousand forms",
            &[("1000", || Inbox::sample(1_000))],
        )
        .step("malloc", requests::malloc)
        .step("fresh", requests::fresh)
        .step("never_reset", requests::never_reset)
        .step("reset", requests::reset)
        .step("scratch", requests::scratch)
        .boxed(),
        Staircase::over(
            "keeping",
            "Keep the last hundred of ten thousand messages",
            &[("10000", || Chat::sample(10_000))],
        )
        .step("boxed", keeping::boxed)
        .step("arena", keeping::arena)
        .step("copied_out", keeping::copied_out)
        .boxed(),
    ]
}
