//! Figures that are no cases.
//!
//! Those about bytes are counted by the meter, so they need a binary that has it installed.

use std::future::pending;
use std::hint::black_box;
use std::rc::Rc;

use measuring::case::{Fact, fact};
use measuring::{grouped, heap};
use tokio::task::yield_now;

use crate::causes::CAUSES;
use crate::connections::{self, Closed, Visitors};
use crate::subscriptions::{self, Gone};
use crate::{Census, Tracked, cache, quiet_runtime, results, timers};

pub(crate) const FACTS: &[Fact] = &[
    fact("runtime_alone", || grouped(runtime_alone())),
    fact("parked_task", || grouped(parked_task())),
    fact("detached_connection", || {
        each(|| connections::detached(&Visitors(1_000)))
    }),
    fact("detached_timer", || {
        each(|| timers::detached(&timers::Requests(1_000)))
    }),
    fact("kept_handle", || {
        each(|| results::handles(&results::Uploads(1_000)))
    }),
    fact("tasks_detached", || tasks_of(connections::detached)),
    fact("tasks_token", || tasks_of(connections::token)),
    fact("tasks_alive_behind_kept_handles", || {
        results::handles(&results::Uploads(1_000))
            .tasks()
            .to_string()
    }),
    fact("tasks_alive_after_abort", || {
        tasks_alive_after_abort()[0].to_string()
    }),
    fact("tasks_alive_a_turn_later", || {
        tasks_alive_after_abort()[1].to_string()
    }),
    fact("subscriptions_by_hand", || {
        subscriptions_of(subscriptions::by_hand)
    }),
    fact("subscriptions_guard", || {
        subscriptions_of(subscriptions::guard)
    }),
    fact("profiles_unbounded", || profiles_of(cache::unbounded)),
    fact("profiles_bounded", || profiles_of(cache::bounded)),
    fact("block_kept_by_a_weak", || {
        let weak = heap(|| Rc::downgrade(&Rc::new(black_box([0u8; 1_024]))));
        grouped(weak.1.live)
    }),
    fact("buffer_kept_by_a_weak", || {
        let weak = heap(|| Rc::downgrade(&Rc::new(black_box(vec![0u8; 1_024]))));
        grouped(weak.1.live)
    }),
    fact("allocations_to_track_a_value", || {
        let census = Census::of("values");
        heap(|| census.track(1)).1.allocations.to_string()
    }),
    fact("size_of_tracked_u64", || {
        size_of::<Tracked<u64>>().to_string()
    }),
    fact("left_by_own_sender", || left_by("own_sender")),
    fact("left_by_endless_interval", || left_by("endless_interval")),
    fact("left_by_lock_across_await", || left_by("lock_across_await")),
    fact("left_by_cycle", || left_by("cycle")),
    fact("left_by_forgotten", || left_by("forgotten")),
    fact("left_by_leaked_box", || left_by("leaked_box")),
    fact("left_by_guard_in_a_static", || left_by("guard_in_a_static")),
    fact("left_by_unread_queue", || left_by("unread_queue")),
];

/// Bytes of a runtime that has nothing to do. The first of a thread sets a few things up, so it is the second.
fn runtime_alone() -> i64 {
    drop(quiet_runtime());
    heap(quiet_runtime).1.live
}

/// Bytes of a task that waits for ever and holds nothing.
fn parked_task() -> i64 {
    let runtime = quiet_runtime();
    let park = || {
        runtime.block_on(async {
            drop(tokio::spawn(pending::<()>()));
            yield_now().await;
        })
    };
    park();
    heap(park).1.live
}

/// Bytes that each of a thousand leaves behind.
fn each<T>(thousand: impl FnOnce() -> T) -> String {
    let alone = runtime_alone();
    let (_left, cost) = heap(thousand);
    grouped((cost.live - alone) / 1_000)
}

fn tasks_of(step: fn(&Visitors) -> Closed) -> String {
    grouped(step(&Visitors(1_000)).tasks() as i64)
}

/// Tasks alive right after `abort`, and when the runtime has had a turn.
fn tasks_alive_after_abort() -> [usize; 2] {
    let runtime = quiet_runtime();
    let alive = || runtime.metrics().num_alive_tasks();
    runtime.block_on(async {
        let task = tokio::spawn(pending::<()>());
        yield_now().await;
        task.abort();
        let before = alive();
        yield_now().await;
        [before, alive()]
    })
}

fn subscriptions_of(step: fn(&subscriptions::Requests) -> Gone) -> String {
    let left = step(&subscriptions::Requests::sample(1_000));
    grouped(left.subscriptions() as i64)
}

fn profiles_of(step: fn(&cache::Lookups) -> cache::Remembered) -> String {
    let remembered = step(&cache::Lookups::strangers(20_000));
    grouped(remembered.profiles() as i64)
}

/// What the guard says of one round of a cause.
fn left_by(name: &str) -> String {
    let cause = CAUSES.iter().find(|cause| cause.name == name);
    cause.map_or_else(String::new, |cause| cause.left().to_string())
}
