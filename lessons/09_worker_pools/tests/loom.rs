//! The pool in every interleaving of its lock, its counters and a model of its queue, as long as threads are interrupted
//! at most twice (where they don't wait). Most faults show with that, and more take far longer: LOOM_MAX_PREEMPTIONS says how many.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p worker_pools --test loom --release`

#![cfg(loom)]

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use loom::sync::Arc;
use loom::thread;
use worker_pools::{Closed, Config, Counts, Ordered, Pool, TrySubmitError};

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut explorer = loom::model::Builder::new();
    explorer.preemption_bound.get_or_insert(2);
    explorer.check(model);
}

/// Jobs that ran, as bits. Not loom's: what is counted is no part of the pool.
type Ran = std::sync::Arc<AtomicU64>;

fn pool(workers: usize, queue: usize) -> (Pool<u64>, Ran) {
    let ran = Ran::default();
    let noted = ran.clone();
    let work = move |(): &mut (), job: u64| {
        let before = noted.fetch_or(job, SeqCst);
        assert_eq!(before & job, 0, "a job ran twice");
    };
    let config = Config::named("loom").workers(workers).queue(queue);
    let pool = Pool::start(config, || (), work).expect("loom starts threads");
    (pool, ran)
}

#[test]
fn shutdown_waits_for_every_accepted_job() {
    check(|| {
        let (pool, ran) = pool(2, 1);
        pool.submit(1).expect("the pool is open");
        pool.submit(2).expect("the pool is open");
        let counts = pool.shutdown();
        assert_eq!(ran.load(SeqCst), 3);
        assert_eq!((counts.accepted, counts.done), (2, 2));
    });
}

#[test]
fn a_submit_that_races_with_closing_is_accepted_or_handed_back() {
    check(|| {
        let (pool, ran) = pool(1, 1);
        let submitter = pool.submitter();
        let other = thread::spawn(move || match submitter.submit(1) {
            Ok(()) => 1,
            Err(Closed(job)) => {
                assert_eq!(job, 1);
                0
            }
        });
        let counts = pool.shutdown();
        let accepted = other.join().expect("it doesn't panic");
        assert_eq!(ran.load(SeqCst), accepted, "run if and only if accepted");
        // The shutdown has counted it if it has waited for it, and it waits for all that were accepted.
        assert_eq!((counts.accepted, counts.done), (accepted, accepted));
    });
}

#[test]
fn a_full_queue_hands_back_and_an_open_pool_never_says_closed() {
    check(|| {
        let (pool, ran) = pool(1, 1);
        pool.submit(1).expect("the pool is open");
        let accepted = match pool.try_submit(2) {
            Ok(()) => 3,
            Err(TrySubmitError::Full(2)) => 1,
            Err(refused) => panic!("{refused:?}"),
        };
        let Counts {
            done, refused_full, ..
        } = pool.shutdown();
        assert_eq!(ran.load(SeqCst), accepted);
        assert_eq!(done + refused_full, 2);
    });
}

#[test]
fn closing_while_somebody_waits_for_room_loses_nothing() {
    check(|| {
        let (pool, ran) = pool(1, 1);
        let pool = Arc::new(pool);
        let waiting = pool.submitter();
        let other = thread::spawn(move || {
            let first = waiting.submit(1).is_ok();
            let second = waiting.submit(2).is_ok();
            u64::from(first) + 2 * u64::from(second)
        });
        pool.close();
        let accepted = other.join().expect("it doesn't panic");
        drop(pool);
        assert_eq!(ran.load(SeqCst), accepted);
        assert_ne!(accepted, 2, "closed for the first, open for the second");
    });
}

#[test]
fn results_come_in_order() {
    check(|| {
        let config = Config::named("loom").workers(2).queue(1);
        let twice = Ordered::start(config, || (), |(), number: u64| 2 * number)
            .expect("loom starts threads");
        let doubled: Result<Vec<u64>, _> = twice.map([1, 2]).collect();
        assert_eq!(doubled, Ok(vec![2, 4]));
    });
}
