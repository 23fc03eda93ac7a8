//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::digests::{self, Messages};
use crate::distance::{self, Pairs};
use crate::facts::FACTS;
use crate::filters::{self, Search};
use crate::lookup::{self, Names};
use crate::moving::{self, Events};
use crate::params::{self, Requests};
use crate::passing::{self, Values};
use crate::records::{self, Feed};
use crate::scratch::{self, Outbox};
use crate::serials::{self, Page};
use crate::zero_test::{self, Ids};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [
        arrays(),
        passing(),
        room_in_place(),
        types_behind_pointers(),
    ];
    Lesson {
        name: "stack_arrays",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn arrays() -> Staircases {
    vec![
        Staircase::over(
            "records",
            "Keep the ids, keys and signatures of a thousand events",
            &[("1000", || Feed::sample(1_000))],
        )
        .step("texts", records::texts)
        .step("slices", records::slices)
        .step("arrays", records::arrays)
        .boxed(),
        Staircase::over(
            "serials",
            "Read a thousand serials of five bytes",
            &[("1000", || Page::sample(1_000))],
        )
        .step("vectors", serials::vectors)
        .step("arrays", serials::arrays)
        .step("chunks", serials::chunks)
        .boxed(),
        Staircase::over(
            "zero_test",
            "Count the zeros among a thousand ids",
            &[("1000", Ids::sample)],
        )
        .step("byte_by_byte", zero_test::byte_by_byte)
        .step("whole", zero_test::whole)
        .boxed(),
        Staircase::over(
            "distance",
            "Compare a thousand pairs of ids bit by bit",
            &[("1000", Pairs::sample)],
        )
        .step("slices", distance::slices)
        .step("arrays", distance::arrays)
        .boxed(),
    ]
}

fn passing() -> Staircases {
    vec![
        Staircase::over(
            "digests",
            "Give back a thousand digests of 32 bytes",
            &[("1000", || Messages::sample(1_000))],
        )
        .step("vector", digests::vector)
        .step("by_value", digests::by_value)
        .step("into_callers", digests::into_callers)
        .boxed(),
        Staircase::over(
            "passing",
            "Pass a value 1,024 times",
            &[
                ("8", || Values::of(8)),
                ("16", || Values::of(16)),
                ("64", || Values::of(64)),
                ("128", || Values::of(128)),
                ("1024", || Values::of(1_024)),
            ],
        )
        .step("by_value", passing::by_value)
        .step("by_reference", passing::by_reference)
        .boxed(),
        Staircase::over(
            "passing_in_sight",
            "Pass a kilobyte 1,024 times to a function that the compiler can see",
            &[("1024", || Values::of(1_024))],
        )
        .step("by_value", passing::by_value_in_sight)
        .step("by_reference", passing::by_reference_in_sight)
        .boxed(),
    ]
}

fn room_in_place() -> Staircases {
    vec![
        Staircase::over(
            "params",
            "Take the parameters of a thousand requests",
            &[
                ("mostly_few", Requests::mostly_few),
                ("many", Requests::many),
            ],
        )
        .step("hash_map", params::hash_map)
        .step("vectors", params::vectors)
        .step("small_vecs", params::small_vecs)
        .step("inline_maps", params::inline_maps)
        .step("bounded", params::bounded)
        .boxed(),
        Staircase::over(
            "lookup",
            "Look up a name a thousand times",
            &[("4", || Names::of(4)), ("64", || Names::of(64))],
        )
        .step("hashed", lookup::hashed)
        .step("one_by_one", lookup::one_by_one)
        .boxed(),
        Staircase::over(
            "scratch",
            "Put together a thousand messages of up to a kilobyte",
            &[("1000", || Outbox::sample(1_000))],
        )
        .step("vectors", scratch::vectors)
        .step("arrays", scratch::arrays)
        .step("small_vecs", scratch::small_vecs)
        .step("hoisted", scratch::hoisted)
        .step("pooled", scratch::pooled)
        .boxed(),
        Staircase::over(
            "moving",
            "Sort a thousand lists of three tags",
            &[("1000", Events::sample)],
        )
        .step("vectors", moving::vectors)
        .step("inline_4", moving::inline_4)
        .step("inline_64", moving::inline_64)
        .boxed(),
    ]
}

fn types_behind_pointers() -> Staircases {
    vec![
        Staircase::over(
            "filters",
            "Ask a thousand queries of sixteen notes",
            &[("1000", Search::sample)],
        )
        .step("boxed", filters::boxed)
        .step("borrowed", filters::borrowed)
        .step("generic", filters::generic)
        .boxed(),
    ]
}
