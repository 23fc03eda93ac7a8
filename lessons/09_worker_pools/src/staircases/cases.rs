//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use super::backlog::{self, Burst};
use super::checking::{self, Batch};
use super::connections::{self, Clients};
use super::counters::{self, Counting};
use super::facts::FACTS;
use super::permits::{self, Requests};
use super::settings::{self, Settings};
use super::subscriptions::{self, Feed};
use super::{expiry, permit_count};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [threads(), tasks(), sharing()];
    Lesson {
        name: "worker_pools",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn threads() -> Staircases {
    vec![
        Staircase::over(
            "checking",
            "Work out checksums on two threads",
            &[
                ("32_large", || Batch::sample(32, 64 * 1_024)),
                ("256_tiny", || Batch::sample(256, 64)),
            ],
        )
        .step("thread_per_job", checking::thread_per_job)
        .step("scoped", checking::scoped)
        .step("boxed_jobs", checking::boxed_jobs)
        .step("typed_jobs", checking::typed_jobs)
        .step("tasks", checking::tasks)
        .step("rayon", checking::rayon)
        .step("one_loop", checking::one_loop)
        .threaded()
        .boxed(),
        Staircase::over(
            "backlog",
            "Take a burst of events while the worker is stuck",
            &[("200", || Burst(200)), ("2000", || Burst(2_000))],
        )
        .step("unbounded", backlog::unbounded)
        .step("bounded", backlog::bounded)
        .threaded()
        .boxed(),
    ]
}

fn tasks() -> Staircases {
    vec![
        Staircase::over(
            "permits",
            "Answer five hundred requests, eight at a time",
            &[("500", || Requests::sample(500))],
        )
        .step("all_at_once", permits::all_at_once)
        .step("permit_inside", permits::permit_inside)
        .step("permit_before", permits::permit_before)
        .step("worker_tasks", permits::worker_tasks)
        .boxed(),
        Staircase::over(
            "permit_count",
            "Answer 32 requests on two cores",
            &[
                ("computing", permit_count::Requests::computing),
                ("waiting", permit_count::Requests::waiting),
            ],
        )
        .step("one", permit_count::one)
        .step("per_core", permit_count::per_core)
        .step("sixty_four", permit_count::sixty_four)
        .threaded()
        .boxed(),
        Staircase::over(
            "connections",
            "Serve a hundred connections",
            &[("100", || Clients::sample(100))],
        )
        .step("task_per_part", connections::task_per_part)
        .step("pinger_apart", connections::pinger_apart)
        .step("one_task", connections::one_task)
        .boxed(),
        Staircase::over(
            "subscriptions",
            "Match events for fifty connections",
            &[("1_each", || Feed::with(1)), ("20_each", || Feed::with(20))],
        )
        .step(
            "task_per_subscription",
            subscriptions::task_per_subscription,
        )
        .step("list_per_connection", subscriptions::list_per_connection)
        .boxed(),
        Staircase::over(
            "expiry",
            "Keep sessions until they expire",
            &[("10000", || 10_000)],
        )
        .step("on_read", expiry::on_read)
        .step("swept", expiry::swept)
        .boxed(),
    ]
}

fn sharing() -> Staircases {
    vec![
        Staircase::over(
            "counters",
            "Count on two threads",
            &[("200000", || Counting {
                threads: 2,
                additions: 200_000,
            })],
        )
        .step("one_counter", counters::one_counter)
        .step("neighbours", counters::neighbours)
        .step("padded", counters::padded)
        .step("added_once", counters::added_once)
        .threaded()
        .boxed(),
        reading(
            "reading",
            "Read settings a thousand times",
            &[("quiet", || Settings::quiet(1_000))],
        )
        .boxed(),
        reading(
            "reading_busy",
            "Read settings on two threads while a third replaces them",
            &[("20000", || Settings::busy(20_000))],
        )
        .threaded()
        .boxed(),
    ]
}

fn reading(
    name: &'static str,
    title: &'static str,
    inputs: &'static [measuring::case::Input<Settings>],
) -> Staircase<Settings, u64> {
    Staircase::over(name, title, inputs)
        .step("copied", settings::copied)
        .step("in_place", settings::in_place)
        .step("shared", settings::shared)
        .step("swapped", settings::swapped)
}
