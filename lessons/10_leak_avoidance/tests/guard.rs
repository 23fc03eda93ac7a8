//! The leak guard's promises, one by one.

use std::cell::RefCell;
use std::hint::black_box;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use leak_avoidance::{AbortOnDropHandle, Census, Checkpoint, LeakGuard};
use measuring::alone;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

measuring::install!();

const SHORT: Duration = Duration::from_millis(20);

fn on_this_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn on_two_threads() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

fn message_of(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("this should fail");
    *payload
        .downcast::<String>()
        .expect("a message was formatted")
}

#[test]
fn bytes_are_reported_to_the_byte() {
    let left = LeakGuard::of("a forgotten box").left_by(|| forget(black_box(vec![0u8; 100])));
    assert_eq!((left.bytes, left.tasks, left.values.len()), (100, 0, 0));
    let left = LeakGuard::of("a dropped box").left_by(|| drop(black_box(vec![0u8; 100])));
    assert!(left.is_nothing());
}

#[test]
fn what_only_the_first_run_leaves_is_no_leak() {
    let table = RefCell::new(Vec::<u64>::new());
    LeakGuard::of("a buffer that finds its size").assert_nothing_left_by(|| {
        let mut table = table.borrow_mut();
        table.clear();
        table.extend(black_box(0..100));
    });
    assert_eq!(table.into_inner().len(), 100);
}

#[test]
fn what_every_run_leaves_is_one() {
    let table = RefCell::new(Vec::<Box<u64>>::with_capacity(10));
    let left = LeakGuard::of("a table that is never pruned")
        .left_by(|| table.borrow_mut().push(Box::new(black_box(1))));
    assert_eq!(left.bytes, 8);
}

#[test]
fn freeing_what_is_older_is_no_leak() {
    let old = RefCell::new(vec![vec![0u8; 100], vec![0u8; 100]]);
    LeakGuard::of("a visit that cleans up").assert_nothing_left_by(|| {
        old.borrow_mut().pop();
    });
}

#[test]
fn so_many_bytes_may_be_allowed() {
    let guard = LeakGuard::of("a small table").allowing(64);
    guard.assert_nothing_left_by(|| forget(black_box([0u8; 64].to_vec())));
    let left = guard.left_by(|| forget(black_box([0u8; 65].to_vec())));
    assert_eq!(left.bytes, 65);
}

#[test]
fn values_are_reported_by_name() {
    let (sessions, locks) = (Census::of("sessions"), Census::of("locks"));
    let guard = LeakGuard::of("a visit").values(&sessions).values(&locks);
    let left = guard.left_by(|| {
        forget(sessions.track(1));
        drop(locks.track(2));
    });
    assert_eq!(left.values, [("sessions", 1)]);
    assert_eq!((locks.alive(), locks.total()), (0, 2));
}

#[test]
fn a_failure_says_who_left_what_and_where_to_look() {
    let sessions = Census::of("sessions");
    let runtime = on_this_thread();
    let guard = LeakGuard::of("a visit").values(&sessions).patience(SHORT);
    let message = message_of(|| {
        guard.assert_nothing_left_on(&runtime, async || {
            tokio::spawn(std::future::pending::<()>());
            forget(sessions.track(1));
        });
    });
    let line = message.lines().next().unwrap();
    assert!(
        line.starts_with("left behind by a visit: 1 task, 1 of sessions, "),
        "{line}"
    );
    for (start, advice) in [
        ("tasks: ", "AbortOnDropHandle"),
        ("sessions: ", "never pruned"),
        ("bytes: ", "dhat"),
    ] {
        let line = message.lines().find(|line| line.starts_with(start));
        assert!(line.is_some_and(|line| line.contains(advice)), "{message}");
    }
}

#[test]
fn a_task_that_ends_in_time_is_none_left() {
    let runtime = on_this_thread();
    LeakGuard::of("a slow goodbye").assert_nothing_left_on(&runtime, async || {
        tokio::spawn(sleep(SHORT));
        drop(AbortOnDropHandle::new(tokio::spawn(sleep(Duration::MAX))));
    });
}

#[test]
fn patience_is_not_waited_out_in_vain() {
    let runtime = on_this_thread();
    let begun = Instant::now();
    LeakGuard::of("a quick visit")
        .patience(Duration::from_secs(3_600))
        .assert_nothing_left_on(&runtime, async || {
            tokio::spawn(async {});
        });
    assert!(begun.elapsed() < Duration::from_secs(600));
}

#[test]
fn detached_tasks_and_their_bytes_are_reported() {
    let runtime = on_this_thread();
    let guard = LeakGuard::of("ten detached tasks").patience(SHORT);
    let left = guard.left_on(&runtime, async || {
        for _ in 0..10 {
            let body = black_box(vec![0u8; 1_000]);
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(body);
            });
        }
    });
    assert_eq!(left.tasks, 10);
    assert!((10_000..30_000).contains(&left.bytes), "{left}");
}

#[test]
fn tasks_of_before_are_not_this_works() {
    let runtime = on_this_thread();
    runtime.spawn(std::future::pending::<()>());
    LeakGuard::of("nothing at all").assert_nothing_left_on(&runtime, async || {});
}

#[test]
fn threads_are_counted_with_the_process() {
    alone("threads_are_counted_with_the_process", || {
        let guard = LeakGuard::of("a thread").patience(SHORT);
        guard.assert_nothing_left_in_process_by(|| {
            let worker = thread::spawn(|| drop(black_box(vec![0u8; 1_000])));
            worker.join().unwrap();
        });
        let left = guard.left_in_process_by(|| {
            let (arrive, arrived) = mpsc::channel();
            thread::spawn(move || {
                let kept = black_box(vec![0u8; 1_000]);
                let (_sender, receiver) = mpsc::channel::<()>();
                let _ = arrive.send(());
                // Waits for what nobody but itself could send.
                let _ = receiver.recv();
                drop(kept);
            });
            let _ = arrived.recv();
        });
        assert!(left.bytes > 1_000, "{left}");
    });
}

/// A thread that ends after the work gets the time that it needs.
#[test]
fn threads_have_time_to_end() {
    alone("threads_have_time_to_end", || {
        LeakGuard::of("a late thread").assert_nothing_left_in_process_by(|| {
            let (send, wait) = mpsc::channel();
            thread::spawn(move || {
                let kept = black_box(vec![0u8; 1_000]);
                let _ = send.send(());
                thread::sleep(SHORT);
                drop(kept);
            });
            let _ = wait.recv();
        });
    });
}

#[test]
fn a_runtime_of_several_threads_is_counted_with_the_process() {
    alone(
        "a_runtime_of_several_threads_is_counted_with_the_process",
        || {
            let runtime = on_two_threads();
            // Worker threads and their queues exist before anything is counted.
            for _ in 0..100 {
                runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
            }
            let guard = LeakGuard::of("a visit").patience(SHORT);
            let left = guard.left_on(&runtime, async || {
                let body = black_box(vec![0u8; 1_000]);
                tokio::spawn(async move {
                    std::future::pending::<()>().await;
                    drop(body);
                });
            });
            assert_eq!(left.tasks, 1);
            assert!(left.bytes >= 1_000, "{left}");
            let guard = LeakGuard::of("a visit").allowing(500);
            guard.assert_nothing_left_on(&runtime, async || {
                let body = black_box(vec![0u8; 1_000]);
                let _task = AbortOnDropHandle::new(tokio::spawn(async move {
                    std::future::pending::<()>().await;
                    drop(body);
                }));
            });
        },
    );
}

#[test]
fn a_service_watches_its_own_shutdown() {
    alone("a_service_watches_its_own_shutdown", || {
        let runtime = on_this_thread();
        let sessions = Census::of("sessions");
        runtime.block_on(async {
            let start = Checkpoint::here().values(&sessions).bytes(1_000);
            let session = sessions.track(vec![0u8; 5_000]);
            let task = AbortOnDropHandle::new(tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(session);
            }));
            let left = start.settled(SHORT).await.unwrap_err();
            assert_eq!(
                (left.tasks, left.values.as_slice()),
                (1, &[("sessions", 1)][..])
            );
            assert!(left.bytes >= 5_000, "{left}");
            drop(task);
            assert_eq!(start.settled(Duration::from_secs(10)).await, Ok(()));
        });
    });
}

#[test]
fn work_that_panics_leaves_the_meter_as_it_was() {
    let guard = LeakGuard::of("a panic");
    let panicked = catch_unwind(AssertUnwindSafe(|| guard.left_by(|| panic!("on purpose"))));
    assert!(panicked.is_err());
    guard.assert_nothing_left_by(|| ());
}

#[test]
fn every_cause_is_found_and_every_mend_leaves_nothing() {
    for cause in leak_avoidance::causes::CAUSES {
        let left = cause.left();
        assert!(left.bytes > 0, "{}: {left}", cause.name);
        let left = cause.left_when_mended();
        assert!(left.is_nothing(), "{}, mended: {left}", cause.name);
    }
}
