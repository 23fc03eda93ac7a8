//! Cases that start threads: counted over the process, and compared as upper bounds.

use std::sync::Barrier;
use std::thread;

use measuring::case::{Case, Climb, Lesson, Staircase};
use measuring::figures::{RUSTC, TARGET, assert_committed};
use measuring::{Heap, alone};

measuring::install!();

/// Several threads that hold an allocation of ten kilobytes each, at the same time.
fn hold(threads: &usize) -> usize {
    let all_hold = Barrier::new(*threads);
    thread::scope(|scope| {
        let holders: Vec<_> = (0..*threads)
            .map(|_| {
                scope.spawn(|| {
                    let block = vec![1u8; 10_000];
                    all_hold.wait();
                    block.len()
                })
            })
            .collect();
        let held = holders.into_iter().filter_map(|it| it.join().ok());
        held.sum()
    })
}

fn hold_on_one(threads: &usize) -> usize {
    vec![1u8; 10_000 * threads].len()
}

fn lesson() -> Lesson {
    let staircase = Staircase::over("holding", "Hold allocations", &[("8", || 8)])
        .step("on_each", hold)
        .step("on_one", hold_on_one)
        .threaded();
    Lesson {
        name: "threaded",
        staircases: vec![staircase.boxed()],
        facts: Vec::new(),
    }
}

/// What the results file would say if both steps cost this.
fn committed(on_each: Heap, on_one: Heap) -> String {
    let case = |step: &str, heap: Heap| serde_json::json!({"staircase": "holding", "step": step, "input": "8", "heap": heap});
    serde_json::json!({
        "environment": {"target": TARGET, "rustc": RUSTC},
        "cases": [case("on_each", on_each), case("on_one", on_one)],
        "facts": [],
    })
    .to_string()
}

fn counted() -> [Heap; 2] {
    let cases = lesson().cases();
    [0, 1].map(|step| cases[step].heap())
}

fn is_refused(results: String) -> bool {
    std::panic::catch_unwind(|| assert_committed(&lesson(), &results)).is_err()
}

#[test]
fn allocations_of_every_thread_are_counted() {
    alone("allocations_of_every_thread_are_counted", || {
        let [on_each, on_one] = counted();
        assert!(
            on_each.allocations >= 8 && on_each.peak >= 80_000,
            "{on_each:?}"
        );
        assert_eq!((on_one.allocations, on_one.peak), (1, 80_000));
    });
}

#[test]
fn figures_may_stay_below_the_committed_but_not_pass_them() {
    alone(
        "figures_may_stay_below_the_committed_but_not_pass_them",
        || {
            let [on_each, on_one] = counted();
            assert_committed(&lesson(), &committed(on_each, on_one));
            let roomier = Heap {
                bytes: on_each.bytes * 2,
                peak: on_each.peak * 2,
                ..on_each
            };
            assert_committed(&lesson(), &committed(roomier, on_one));
            let tighter = Heap {
                bytes: on_each.bytes / 2,
                ..on_each
            };
            assert!(is_refused(committed(tighter, on_one)));
        },
    );
}

#[test]
fn the_order_of_the_steps_must_hold() {
    alone("the_order_of_the_steps_must_hold", || {
        let [on_each, on_one] = counted();
        let many = Heap {
            allocations: on_each.allocations + 1_000,
            ..on_one
        };
        assert!(is_refused(committed(on_each, many)));
        // A difference that scheduling can make says nothing about the order.
        let close = Heap {
            allocations: on_each.allocations + 1,
            ..on_each
        };
        assert_committed(&lesson(), &committed(on_each, close));
    });
}

#[test]
fn other_cases_are_not_threaded() {
    let staircase =
        Staircase::over("holding", "Hold allocations", &[("8", || 8)]).step("on_one", hold_on_one);
    let threaded = |cases: Vec<Case>| cases.iter().map(|case| case.threaded).collect::<Vec<_>>();
    assert_eq!(threaded(staircase.cases()), [false]);
    assert_eq!(threaded(lesson().cases()), [true, true]);
}
