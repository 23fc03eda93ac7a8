//! The meter's promises, one by one.

use std::env;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use measuring::{Budget, Heap, alone, count_process, heap, heap_of_process, statistics, time};

measuring::install!();

const NOTHING: Heap = Heap {
    allocations: 0,
    bytes: 0,
    peak: 0,
    live: 0,
};

#[test]
fn a_reallocation_is_a_block_with_its_full_new_size() {
    let (numbers, cost) = heap(|| {
        let mut numbers: Vec<u64> = Vec::with_capacity(4);
        numbers.extend(black_box([1, 2, 3, 4, 5]));
        numbers
    });
    assert_eq!(
        cost,
        Heap {
            allocations: 2,
            bytes: 32 + 64,
            peak: 64,
            live: 64
        }
    );
    drop(numbers);
}

#[test]
fn zeroed_allocations_count_like_others() {
    let (zeros, cost) = heap(|| vec![0u8; black_box(1_000)]);
    assert_eq!(
        cost,
        Heap {
            allocations: 1,
            bytes: 1_000,
            peak: 1_000,
            live: 1_000
        }
    );
    drop(zeros);
}

#[test]
fn what_is_freed_inside_is_no_longer_live() {
    let ((), cost) = heap(|| drop(black_box(vec![0u8; 1_000])));
    assert_eq!(
        cost,
        Heap {
            allocations: 1,
            bytes: 1_000,
            peak: 1_000,
            live: 0
        }
    );
}

#[test]
fn peak_is_the_most_at_one_moment_and_not_the_sum() {
    let ((), cost) = heap(|| {
        drop(black_box(vec![0u8; 700]));
        let first = black_box(vec![0u8; 300]);
        let second = black_box(vec![0u8; 500]);
        drop((first, second));
    });
    assert_eq!(
        cost,
        Heap {
            allocations: 3,
            bytes: 1_500,
            peak: 800,
            live: 0
        }
    );
}

#[test]
fn nothing_costs_nothing() {
    let ((), cost) = heap(|| ());
    assert_eq!(cost, NOTHING);
}

#[test]
fn regions_nest() {
    let (inner, outer) = heap(|| {
        drop(black_box(vec![0u8; 900]));
        let kept = black_box(vec![0u8; 100]);
        let ((), inner) = heap(|| drop(black_box(vec![0u8; 500])));
        drop(kept);
        inner
    });
    assert_eq!(
        inner,
        Heap {
            allocations: 1,
            bytes: 500,
            peak: 500,
            live: 0
        }
    );
    assert_eq!(
        outer,
        Heap {
            allocations: 3,
            bytes: 1_500,
            peak: 900,
            live: 0
        }
    );
}

#[test]
fn a_panic_closes_the_region() {
    let result = catch_unwind(AssertUnwindSafe(|| heap(|| panic!("on purpose"))));
    assert!(result.is_err());
    // Would panic if the region were still open.
    time(|| ());
    let ((), cost) = heap(|| ());
    assert_eq!(cost, NOTHING);
}

#[test]
fn other_threads_are_not_counted() {
    let ((), cost) = heap(|| {
        thread::scope(|scope| {
            scope.spawn(|| drop(black_box(vec![0u8; 1_000_000])));
        });
    });
    assert!(
        cost.allocations > 0,
        "the thread's own handle is this thread's"
    );
    assert!(cost.bytes < 100_000, "{cost:?}");
}

#[test]
fn counts_are_exact_beside_busy_threads() {
    thread::scope(|scope| {
        for size in 1..=8usize {
            scope.spawn(move || {
                for _ in 0..2_000 {
                    let ((), cost) = heap(|| drop(black_box(vec![0u8; size])));
                    assert_eq!(
                        (cost.allocations, cost.bytes, cost.live),
                        (1, size as u64, 0)
                    );
                }
            });
        }
    });
}

#[test]
fn a_process_region_counts_every_thread() {
    alone("a_process_region_counts_every_thread", || {
        let worker = || drop(black_box(vec![0u8; 100_000]));
        let (empty, with_work) = (start_and_join(|| ()), start_and_join(worker));
        assert_eq!(with_work.allocations - empty.allocations, 4);
        assert_eq!(with_work.bytes - empty.bytes, 400_000);
        assert_eq!(with_work.live, empty.live);
    });
}

/// What four threads cost, the first of their kind left out: the standard library sets some things up once.
fn start_and_join(work: fn()) -> Heap {
    let four = || (0..4).for_each(|_| thread::spawn(work).join().unwrap());
    four();
    heap_of_process(four).1
}

#[test]
fn allocations_freed_by_another_thread_balance_in_the_process() {
    alone(
        "allocations_freed_by_another_thread_balance_in_the_process",
        || {
            let pass_on = || {
                let block = black_box(vec![0u8; 10_000]);
                thread::spawn(move || drop(block)).join().unwrap();
            };
            pass_on();
            let ((), cost) = heap_of_process(pass_on);
            assert!(cost.peak >= 10_000 && cost.live == 0, "{cost:?}");
        },
    );
}

#[test]
#[should_panic(expected = "no test is called \"not_a_test\"")]
fn a_wrong_name_is_no_silent_pass() {
    alone("not_a_test", || ());
}

#[test]
fn a_failure_in_the_child_is_a_failure_here() {
    let name = "a_failure_in_the_child_is_a_failure_here";
    let failure = catch_unwind(|| alone(name, || panic!("what went wrong"))).unwrap_err();
    if env::var("HEAPWISE_ALONE").is_ok() {
        resume_unwind(failure);
    }
    let message = failure.downcast::<String>().expect("a message");
    assert!(
        message.contains("alone in its process, failed"),
        "{message}"
    );
    assert!(message.contains("what went wrong"), "{message}");
}

#[test]
fn live_statistics_follow_the_process() {
    alone("live_statistics_follow_the_process", || {
        count_process();
        let before = statistics();
        let cache = black_box(vec![0u8; 50_000]);
        let full = statistics();
        assert_eq!(
            (
                full.live - before.live,
                full.allocations - before.allocations
            ),
            (50_000, 1)
        );
        drop(cache);
        assert_eq!(statistics().live, before.live);
        assert_eq!(
            statistics().bytes,
            full.bytes,
            "what was asked for stays asked for"
        );
    });
}

#[test]
fn outside_of_a_region_the_meter_is_off() {
    alone("outside_of_a_region_the_meter_is_off", || {
        let before = statistics();
        drop(black_box(vec![0u8; 1_000]));
        assert_eq!(statistics(), before);
    });
}

#[test]
#[should_panic(expected = "the meter is counting")]
fn nothing_is_timed_while_it_counts() {
    heap(|| time(|| ()));
}

#[test]
fn a_budget_hands_the_result_on() {
    let text = Budget::of("greeting")
        .allocations(1)
        .bytes(5)
        .assert_holds(|| black_box("hello").to_owned());
    assert_eq!(text, "hello");
}

#[test]
#[should_panic(expected = "over budget: greeting")]
fn a_broken_budget_fails_the_test() {
    Budget::of("greeting")
        .bytes(4)
        .assert_holds(|| black_box("hello").to_owned());
}

#[test]
fn a_budget_for_many_threads_counts_them() {
    alone("a_budget_for_many_threads_counts_them", || {
        let spend = || {
            thread::spawn(|| drop(black_box(vec![0u8; 100_000])))
                .join()
                .unwrap()
        };
        Budget::of("spawned")
            .bytes(110_000)
            .assert_holds_in_process(spend);
        let broken = Budget::of("spawned").bytes(90_000);
        assert!(catch_unwind(|| broken.assert_holds_in_process(spend)).is_err());
    });
}
