//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::backlog::{self, Feed};
use crate::cache::{self, Lookups};
use crate::connections::{self, Visitors};
use crate::facts::FACTS;
use crate::frames::{self, Messages};
use crate::replies::{self, Discussion};
use crate::results::{self, Uploads};
use crate::subscriptions;
use crate::timers;
use crate::tracking::{self, Count};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [tasks(), tables(), room()];
    Lesson {
        name: "leak_avoidance",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn tasks() -> Staircases {
    vec![
        Staircase::over(
            "connections",
            "Greet a thousand connections, and close them",
            &[("1000", || Visitors(1_000))],
        )
        .step("detached", connections::detached)
        .step("join_set", connections::join_set)
        .step("abort_on_drop", connections::abort_on_drop)
        .step("token", connections::token)
        .step("channel_closes", connections::channel_closes)
        .boxed(),
        Staircase::over(
            "timers",
            "Answer a thousand requests that have a time limit",
            &[("1000", || timers::Requests(1_000))],
        )
        .step("detached", timers::detached)
        .step("abort_on_drop", timers::abort_on_drop)
        .step("in_place", timers::in_place)
        .boxed(),
        Staircase::over(
            "results",
            "Make a thousand thumbnails that nobody waits for",
            &[("1000", || Uploads(1_000))],
        )
        .step("handles", results::handles)
        .step("join_set", results::join_set)
        .step("reaped", results::reaped)
        .step("tracker", results::tracker)
        .boxed(),
        Staircase::over(
            "backlog",
            "Pass ten thousand messages to a slower task",
            &[("10000", || Feed::of(10_000))],
        )
        .step("unbounded", backlog::unbounded)
        .step("bounded", backlog::bounded)
        .step("one_slot", backlog::one_slot)
        .boxed(),
    ]
}

fn tables() -> Staircases {
    vec![
        Staircase::over(
            "subscriptions",
            "Serve a thousand subscribers, a quarter of them badly",
            &[("1000", || subscriptions::Requests::sample(1_000))],
        )
        .step("by_hand", subscriptions::by_hand)
        .step("guard", subscriptions::guard)
        .step("forgotten_guard", subscriptions::forgotten_guard)
        .boxed(),
        Staircase::over(
            "cache",
            "Remember profiles by the key that was asked for",
            &[
                ("strangers", || Lookups::strangers(20_000)),
                ("regulars", || Lookups::regulars(20_000)),
            ],
        )
        .step("unbounded", cache::unbounded)
        .step("bounded", cache::bounded)
        .step("too_small", cache::too_small)
        .boxed(),
        Staircase::over(
            "replies",
            "Read a discussion, and be done with it",
            &[("1000", || Discussion(1_000))],
        )
        .step("strong", replies::strong)
        .step("weak", replies::weak)
        .step("indices", replies::indices)
        .boxed(),
    ]
}

fn room() -> Staircases {
    vec![
        Staircase::over(
            "frames",
            "Encode a thousand messages in one buffer",
            &[
                ("one_burst", Messages::one_burst),
                ("steady", Messages::steady),
                ("regular_bursts", Messages::regular_bursts),
            ],
        )
        .step("kept", frames::kept)
        .step("shrunk", frames::shrunk)
        .step("policy", frames::policy)
        .boxed(),
        Staircase::over(
            "tracking",
            "Make and drop ten thousand values",
            &[("10000", || Count(10_000))],
        )
        .step("plain", tracking::plain)
        .step("tracked", tracking::tracked)
        .boxed(),
    ]
}
