//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::contended::{self, Crowd};
use crate::eviction::{self, Workload};
use crate::facts::FACTS;
use crate::layouts;
use crate::repeated::{self, Names};
use crate::static_names::{self, Events};
use crate::two_way::{self, Pairs};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [names(), ids(), threads()];
    Lesson {
        name: "interning",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn names() -> Staircases {
    vec![
        Staircase::over(
            "repeated",
            "Keep names that repeat",
            &[
                ("hosts", Names::of_100_hosts),
                ("one_city_3", || Names::of_one_city(3)),
                ("one_city_30", || Names::of_one_city(30)),
                ("one_city_3000", || Names::of_one_city(3_000)),
                ("all_different", Names::all_different),
            ],
        )
        .step("string", repeated::string)
        .step("arc", repeated::arc)
        .step("symbol", repeated::symbol)
        .boxed(),
        Staircase::over(
            "layouts",
            "Number ten thousand names, and find them by either",
            &[("10000", Names::all_different)],
        )
        .step("two_copies", layouts::two_copies)
        .step("shared_key", layouts::shared_key)
        .step("one_buffer", layouts::one_buffer)
        .boxed(),
        Staircase::over(
            "static_names",
            "Log the kinds of a thousand events",
            &[("1000", || Events::sample(1_000))],
        )
        .step("string", static_names::string)
        .step("map", static_names::map)
        .step("matched", static_names::matched)
        .boxed(),
    ]
}

fn ids() -> Staircases {
    vec![
        Staircase::over(
            "two_way",
            "Find ids by serials, and serials by ids",
            &[
                ("14000", || Pairs::sample(14_000)),
                ("15000", || Pairs::sample(15_000)),
            ],
        )
        .step("two_maps", two_way::two_maps)
        .step("one_list", two_way::one_list)
        .step("budgeted", two_way::budgeted)
        .boxed(),
        Staircase::over(
            "eviction",
            "Answer a hundred thousand requests from a cache of a thousand ids",
            &[
                ("skewed", Workload::skewed),
                ("shifting", Workload::shifting),
                ("scanned", Workload::scanned),
            ],
        )
        .step("clear_half", eviction::clear_half)
        .step("lru", eviction::lru)
        .step("clock", eviction::clock)
        .step("sieve", eviction::sieve)
        .step("quick_cache", eviction::quick_cache)
        .boxed(),
    ]
}

fn threads() -> Staircases {
    vec![
        Staircase::over(
            "contended",
            "Look up twenty thousand known names on every thread",
            &[("1", || Crowd::of(1)), ("8", || Crowd::of(8))],
        )
        .step("cloned", contended::cloned)
        .step("mutex", contended::mutex)
        .step("read_lock", contended::read_lock)
        .step("per_thread", contended::per_thread)
        .threaded()
        .boxed(),
    ]
}
