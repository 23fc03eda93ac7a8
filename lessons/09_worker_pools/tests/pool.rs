//! What the pool promises, one promise a test.

#![cfg(not(loom))]

use std::collections::HashSet;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use crossbeam::channel;
use worker_pools::{Closed, Config, JobPanic, Lost, Ordered, Pool, TrySubmitError};

/// A worker that tells when it begins a job and ends it when it is told to.
struct Held {
    pool: Pool<u32>,
    begun: channel::Receiver<u32>,
    go: channel::Sender<()>,
}

fn held(queue: usize) -> Held {
    let (tell, begun) = channel::unbounded();
    let (go, wait) = channel::unbounded();
    let work = move |(): &mut (), job| {
        tell.send(job).expect("the test listens");
        let _ = wait.recv();
    };
    let config = Config::named("held").workers(1).queue(queue);
    let pool = Pool::start(config, || (), work).expect("a thread can start");
    Held { pool, begun, go }
}

#[test]
fn a_full_queue_hands_the_job_back() {
    let Held { pool, begun, go } = held(1);
    pool.submit(1).expect("open");
    assert_eq!(begun.recv(), Ok(1));
    pool.try_submit(2).expect("there is room for one");
    let refused = pool.try_submit(3).expect_err("there is no room");
    assert!(matches!(refused, TrySubmitError::Full(3)));
    assert_eq!(refused.into_job(), 3);
    assert_eq!(pool.counts().refused_full, 1);
    drop(go);
    assert_eq!(pool.shutdown().done, 2);
}

#[test]
fn submitting_waits_for_room() {
    let Held { pool, begun, go } = held(1);
    pool.submit(1).expect("open");
    assert_eq!(begun.recv(), Ok(1));
    pool.submit(2).expect("open");
    let submitter = pool.submitter();
    let waiting = thread::spawn(move || submitter.submit(3));
    thread::sleep(std::time::Duration::from_millis(20));
    assert!(!waiting.is_finished());
    assert_eq!(pool.counts().accepted, 2);
    go.send(()).expect("the worker waits");
    waiting.join().expect("no panic").expect("accepted");
    drop(go);
    assert_eq!(pool.shutdown().accepted, 3);
}

#[test]
fn whoever_waits_for_room_keeps_nobody_from_trying_or_closing() {
    let Held { pool, begun, go } = held(1);
    pool.submit(1).expect("open");
    assert_eq!(begun.recv(), Ok(1));
    pool.submit(2).expect("open");
    let submitter = pool.submitter();
    let waiting = thread::spawn(move || submitter.submit(3));
    thread::sleep(std::time::Duration::from_millis(20));
    assert!(matches!(pool.try_submit(4), Err(TrySubmitError::Full(4))));
    pool.close();
    assert!(matches!(pool.try_submit(5), Err(TrySubmitError::Closed(5))));
    assert!(!waiting.is_finished());
    drop(go);
    // It began to submit before the pool was closed, so it may finish.
    waiting.join().expect("no panic").expect("accepted");
    let counts = pool.shutdown();
    assert_eq!((counts.accepted, counts.done), (3, 3));
    assert_eq!((counts.refused_full, counts.refused_closed), (1, 1));
}

#[test]
fn a_forgotten_submitter_keeps_nothing_running() {
    let Held {
        pool,
        begun: _begun,
        go,
    } = held(4);
    let forgotten = pool.submitter();
    drop(go);
    pool.shutdown();
    let Err(Closed(job)) = forgotten.submit(9) else {
        panic!("the pool is gone");
    };
    assert_eq!((job, forgotten.counts().refused_closed), (9, 1));
}

#[test]
fn dropping_the_pool_waits_too() {
    let done = Arc::new(AtomicUsize::new(0));
    let noted = done.clone();
    let work = move |(): &mut (), (): ()| {
        thread::sleep(std::time::Duration::from_millis(1));
        noted.fetch_add(1, SeqCst);
    };
    let pool =
        Pool::start(Config::named("drop").workers(2).queue(20), || (), work).expect("starts");
    for _ in 0..20 {
        pool.submit(()).expect("open");
    }
    drop(pool);
    assert_eq!(done.load(SeqCst), 20);
}

#[test]
fn a_panic_is_reported_and_costs_the_state_but_not_the_worker() {
    let reports = Arc::new(Mutex::new(Vec::<JobPanic>::new()));
    let told = reports.clone();
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let jobs_seen = seen.clone();
    let config = Config::named("brave")
        .workers(1)
        .on_panic(move |report| told.lock().expect("not poisoned").push(report.clone()));
    let work = move |state: &mut Vec<u32>, job: u32| {
        state.push(job);
        assert!(job != 2, "job {job} is bad");
        jobs_seen.lock().expect("not poisoned").push(state.clone());
    };
    let make = move || {
        count.fetch_add(1, SeqCst);
        Vec::new()
    };
    let pool = Pool::start(config, make, work).expect("starts");
    for job in 1..=4 {
        pool.submit(job).expect("open");
    }
    let counts = pool.shutdown();
    assert_eq!((counts.accepted, counts.done, counts.panicked), (4, 3, 1));
    let report = JobPanic {
        thread: "brave-0".to_owned(),
        message: Some("job 2 is bad".to_owned()),
    };
    assert_eq!(*reports.lock().expect("not poisoned"), [report]);
    assert_eq!(made.load(SeqCst), 2);
    // Neither of the later jobs sees what the second left behind.
    let seen = seen.lock().expect("not poisoned");
    assert_eq!(*seen, [vec![1], vec![3], vec![3, 4]]);
}

#[test]
fn panics_everywhere_are_survived() {
    struct Grenade;
    impl Drop for Grenade {
        fn drop(&mut self) {
            panic!("in the payload's destructor");
        }
    }
    let config = Config::named("ruin")
        .workers(1)
        .on_panic(|_| panic!("in the hook"));
    let tries = AtomicUsize::new(0);
    let make = move || assert!(tries.fetch_add(1, SeqCst) > 0, "in making the state");
    let work = |(): &mut (), job: u32| match job {
        1 => panic::panic_any(Grenade),
        _ => assert!(job > 2, "in the job"),
    };
    let pool = Pool::start(config, make, work).expect("starts");
    for job in 0..5 {
        pool.submit(job).expect("open");
    }
    let counts = pool.shutdown();
    assert_eq!((counts.panicked, counts.done), (3, 2));
}

#[test]
fn a_job_may_end_its_own_pool() {
    let (ended, end) = channel::bounded(1);
    let slot = Arc::new(Mutex::new(None::<Pool<()>>));
    let own = slot.clone();
    let work = move |(): &mut (), (): ()| {
        drop(own.lock().expect("not poisoned").take());
        ended.send(()).expect("the test listens");
    };
    let pool = Pool::start(Config::named("own").workers(1), || (), work).expect("starts");
    let submitter = pool.submitter();
    *slot.lock().expect("not poisoned") = Some(pool);
    submitter.submit(()).expect("open");
    assert_eq!(end.recv(), Ok(()));
    assert!(submitter.submit(()).is_err());
}

#[test]
fn each_worker_has_its_name_and_makes_its_state_once() {
    let names = Arc::new(Mutex::new(HashSet::new()));
    let made = Arc::new(AtomicUsize::new(0));
    let (noted, count) = (names.clone(), made.clone());
    let make = move || count.fetch_add(1, SeqCst);
    let work = move |_: &mut usize, (): ()| {
        let name = thread::current().name().map(str::to_owned);
        noted.lock().expect("not poisoned").insert(name);
    };
    let pool = Pool::start(Config::named("check").workers(3), make, work).expect("starts");
    for _ in 0..300 {
        pool.submit(()).expect("open");
    }
    pool.shutdown();
    let names = names.lock().expect("not poisoned");
    let known = ["check-0", "check-1", "check-2"].map(|name| Some(name.to_owned()));
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    assert_eq!(made.load(SeqCst), names.len());
}

#[test]
fn a_handover_without_a_queue_waits_for_a_worker() {
    let Held { pool, begun, go } = held(0);
    pool.submit(1).expect("open");
    assert_eq!(begun.recv(), Ok(1));
    assert!(matches!(pool.try_submit(2), Err(TrySubmitError::Full(2))));
    drop(go);
    assert_eq!(pool.shutdown().done, 1);
}

#[test]
fn a_lost_result_keeps_its_place() {
    let halve = |(): &mut (), number: u32| {
        assert!(number.is_multiple_of(2), "{number} is odd");
        number / 2
    };
    let halves = Ordered::start(Config::named("halve").workers(2), || (), halve).expect("starts");
    let results: Vec<_> = halves.map([8, 3, 4]).collect();
    assert_eq!(results, [Ok(4), Err(Lost { index: 1 }), Ok(2)]);
    assert_eq!(halves.shutdown().panicked, 1);
}

#[test]
fn inputs_are_taken_only_as_far_as_there_is_room() {
    let config = Config::named("lazy").workers(2).queue(3);
    let same = Ordered::start(config, || (), |(), number: u32| number).expect("starts");
    let taken = AtomicUsize::new(0);
    let mut results = same.map((0..1_000).inspect(|_| {
        taken.fetch_add(1, SeqCst);
    }));
    assert_eq!(results.next(), Some(Ok(0)));
    assert_eq!(taken.load(SeqCst), 5);
    assert_eq!(results.next(), Some(Ok(1)));
    assert_eq!(taken.load(SeqCst), 6);
    // Left halfway, it holds nobody up.
    drop(results);
    assert_eq!(same.map([7]).collect::<Vec<_>>(), [Ok(7)]);
}

#[test]
fn errors_and_counts_say_what_to_do() {
    let closed = Closed(());
    assert!(closed.to_string().contains("handed back"));
    let full: TrySubmitError<()> = TrySubmitError::Full(());
    assert!(full.to_string().contains("later"));
    assert!(Lost { index: 3 }.to_string().contains("input 3"));
    let Held {
        pool,
        begun: _begun,
        go,
    } = held(1);
    drop(go);
    pool.submit(1).expect("open");
    let counts = pool.shutdown();
    assert!(counts.to_string().starts_with("1 jobs accepted, 1 done"));
}
