//! One test per row of the claims ledger with topic `worker-pools`, named as the row is.
//!
//! Heap figures of threads are upper bounds of the whole process, so tests that count them run alone.

#![cfg(not(loom))]

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crossbeam::channel::{self, TryRecvError};
use measuring::{Heap, alone, heap};
use tokio::runtime::{self, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};
use worker_pools::{Closed, Config, Pool, expiry, lesson};

measuring::install!();

fn cost(case: &str) -> Heap {
    lesson().heap(case)
}

fn fact(name: &str) -> u64 {
    let value = lesson().fact(name);
    value.parse().expect("the fact is a number")
}

fn one_thread() -> Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime can start")
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<HashSet<ThreadId>>>);

impl Seen {
    fn note(&self) {
        let mut seen = self.0.lock().expect("not poisoned");
        seen.insert(thread::current().id());
    }

    fn count(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }
}

/// How many threads a pool of two takes for so many jobs.
fn threads_of_a_pool(jobs: usize) -> usize {
    let seen = Seen::default();
    let noted = seen.clone();
    let config = Config::named("seen").workers(2).queue(8);
    let pool = Pool::start(config, || (), move |(), ()| noted.note()).expect("two threads start");
    for _ in 0..jobs {
        pool.submit(()).expect("the pool is open");
    }
    assert_eq!(pool.shutdown().done, jobs as u64);
    seen.count()
}

/// How many threads are started for as many jobs, one each.
fn threads_of_their_own(jobs: usize) -> usize {
    let seen = Seen::default();
    for _ in 0..jobs {
        let noted = seen.clone();
        thread::spawn(move || noted.note())
            .join()
            .expect("noting doesn't panic");
    }
    seen.count()
}

/// How many threads a runtime with two workers takes for as many tasks.
fn threads_of_a_runtime(tasks: usize) -> usize {
    let mut builder = runtime::Builder::new_multi_thread();
    let runtime = builder
        .worker_threads(2)
        .build()
        .expect("two threads start");
    let seen = Seen::default();
    runtime.block_on(async {
        let mut running = JoinSet::new();
        for _ in 0..tasks {
            let noted = seen.clone();
            running.spawn(async move { noted.note() });
        }
        running.join_all().await;
    });
    seen.count()
}

#[test]
fn fixed_worker_pool() {
    assert!(threads_of_a_pool(1_000) <= 2);
    assert_eq!(fact("boxed_job_allocations"), 1);
    alone("fixed_worker_pool", || {
        let thread_each = cost("checking/thread_per_job/256_tiny");
        let boxed = cost("checking/boxed_jobs/256_tiny");
        let typed = cost("checking/typed_jobs/256_tiny");
        assert!(thread_each.allocations >= 3 * 256, "{thread_each:?}");
        assert!(
            boxed.allocations >= 256 && boxed.allocations < 300,
            "{boxed:?}"
        );
        // None per job: the queue is there already, and a job that is data lies in it.
        assert!(typed.allocations < 40, "{typed:?}");
    });
}

#[test]
fn bounded_job_queue() {
    alone("bounded_job_queue", || {
        let [short, long] = ["200", "2000"].map(|it| cost(&format!("backlog/unbounded/{it}")));
        assert!(short.peak >= 200 * 1_024 && long.peak >= 2_000 * 1_024);
        let [short, long] = ["200", "2000"].map(|it| cost(&format!("backlog/bounded/{it}")));
        assert!(
            short.peak < 80 * 1_024 && long.peak < 80 * 1_024,
            "{long:?}"
        );
    });
}

#[test]
fn graceful_pool_shutdown() {
    let work = |(): &mut (), (): ()| thread::sleep(Duration::from_micros(100));
    let config = Config::named("drain").workers(2).queue(50);
    let pool = Pool::start(config, || (), work).expect("two threads start");
    for _ in 0..50 {
        pool.submit(()).expect("the pool is open");
    }
    let forgotten = pool.submitter();
    let counts = pool.shutdown();
    assert_eq!((counts.accepted, counts.done), (50, 50));
    // Where Go panics, the job comes back; and a forgotten submitter held nobody up.
    let Err(Closed(())) = forgotten.submit(()) else {
        panic!("the pool is gone");
    };
    assert_eq!(forgotten.counts().refused_closed, 1);

    // The bare channel ends when its last sender goes: one that is forgotten, and the workers never end.
    let (queue, jobs) = channel::bounded::<()>(1);
    let forgotten = queue.clone();
    drop(queue);
    assert_eq!(jobs.try_recv(), Err(TryRecvError::Empty));
    drop(forgotten);
    assert_eq!(jobs.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn semaphore_bounded_concurrency() {
    let [at_once, inside, before, workers] = [
        "all_at_once",
        "permit_inside",
        "permit_before",
        "worker_tasks",
    ]
    .map(|step| cost(&format!("permits/{step}/500")));
    assert!(at_once.peak > 500 * 4_096);
    // Inside, a permit bounds the buffers; before the task, it bounds the tasks as well.
    assert!(inside.peak > 500 * 200 && inside.peak < at_once.peak / 5);
    assert!(before.peak < inside.peak / 4);
    assert!(before.peak < 10 * 4_096 && before.allocations == inside.allocations);
    assert!(workers.allocations < before.allocations / 2);

    one_thread().block_on(async {
        let permits = Arc::new(Semaphore::new(1));
        let permit = permits.clone().acquire_owned().await.expect("it is open");
        let task = tokio::spawn(async move {
            let _permit = permit;
            std::panic::resume_unwind(Box::new("the request is bad"));
        });
        assert!(task.await.is_err_and(|error| error.is_panic()));
        assert_eq!(permits.available_permits(), 1, "a panic gives it back");
    });
}

/// How many of 32 requests are in flight at once, with so many permits, if each waits for something.
fn most_in_flight(permits: usize) -> usize {
    one_thread().block_on(async {
        let permits = Arc::new(Semaphore::new(permits));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..32 {
            let (permits, now, most) = (permits.clone(), now.clone(), most.clone());
            tasks.spawn(async move {
                let _permit = permits.acquire().await;
                most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                for _ in 0..100 {
                    yield_now().await;
                }
                now.fetch_sub(1, SeqCst);
            });
        }
        tasks.join_all().await;
        most.load(SeqCst)
    })
}

#[test]
fn permits_equal_cores() {
    assert!(thread::available_parallelism().is_ok());
    // One core, 32 requests that wait: a permit per core would serve them one after the other.
    assert_eq!([1, 2, 64].map(most_in_flight), [1, 2, 32]);
}

/// A line of `/proc/self/status`, in bytes.
#[cfg(target_os = "linux")]
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let value = line.expect("Linux tells").trim_start_matches(':').trim();
    let kilobytes = value.trim_end_matches(" kB").parse::<u64>();
    1_024 * kilobytes.expect("a number")
}

#[test]
fn task_stack_two_kilobytes() {
    assert_eq!(fact("idle_task_allocations"), 1);
    assert!(fact("idle_task_bytes") < 512, "a task has no stack");
    // What the heap sees of a thread is little. What it takes is its stack.
    assert!(fact("spawn_thread_bytes") < 1_024);
    #[cfg(target_os = "linux")]
    alone("task_stack_two_kilobytes", || {
        const THREADS: usize = 100;
        let held = Arc::new(Barrier::new(THREADS + 1));
        let (reserved, resident) = (status("VmSize"), status("VmRSS"));
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let held = held.clone();
                let builder = thread::Builder::new().stack_size(2 << 20);
                let start = builder.spawn(move || {
                    held.wait();
                    held.wait();
                });
                start.expect("a hundred threads can start")
            })
            .collect();
        held.wait();
        let each = |now: u64, before: u64| now.saturating_sub(before) / THREADS as u64;
        assert!(each(status("VmSize"), reserved) >= 2 << 20);
        let resident = each(status("VmRSS"), resident);
        assert!(resident > 2_048 && resident < 64 * 1_024, "{resident}");
        held.wait();
        for thread in threads {
            thread.join().expect("waiting doesn't panic");
        }
    });
}

#[test]
fn creation_cost_per_request() {
    assert_eq!(threads_of_their_own(200), 200);
    assert!(threads_of_a_pool(200) <= 2);
    alone("creation_cost_per_request", || {
        let [threads, tasks, pool] = ["thread_per_job", "tasks", "typed_jobs"]
            .map(|step| cost(&format!("checking/{step}/256_tiny")));
        assert!(threads.allocations > tasks.allocations && tasks.allocations > 256);
        assert!(tasks.allocations < 3 * 256 && pool.allocations < 40);
    });
}

#[test]
fn scheduler_overhead_of_spawning() {
    // The kernel has as many threads to schedule as there are jobs, or two; a runtime's tasks share its threads.
    assert_eq!(threads_of_their_own(500), 500);
    assert!(threads_of_a_pool(500) <= 2);
    // The thread that calls `block_on` runs none of them.
    assert!(threads_of_a_runtime(500) <= 2);
}

#[test]
fn spawning_raises_collector_work() {
    type Job = Box<dyn FnOnce() + Send>;
    let pool = Pool::start(
        Config::named("free").workers(1),
        || (),
        |(), job: Job| job(),
    );
    let pool = pool.expect("a thread can start");
    let (done, finished) = channel::bounded(1);
    let submit = |number: [u64; 8]| {
        let done = done.clone();
        let job: Job = Box::new(move || {
            let _ = done.send(number[0]);
        });
        pool.submit(job).expect("the pool is open");
        finished.recv().expect("the job runs")
    };
    submit([0; 8]);
    let (_, mine) = heap(|| submit([7; 8]));
    pool.shutdown();
    // The job's allocation is gone by now, but not by the thread that asked for it: it was freed on the worker. (That
    // thread's own first wait may have taken allocations of its own.)
    assert!(mine.allocations >= 1 && mine.live >= 64, "{mine:?}");
}

#[test]
fn subscription_handler_pool() {
    let tasks = |each: &str| cost(&format!("subscriptions/task_per_subscription/{each}"));
    let lists = |each: &str| cost(&format!("subscriptions/list_per_connection/{each}"));
    assert!(tasks("20_each").allocations > 19 * tasks("1_each").allocations);
    assert_eq!(lists("20_each").allocations, lists("1_each").allocations);
    assert!(10 * lists("20_each").peak < tasks("20_each").peak);
    // Nineteen filters of eight bytes more, for each of fifty connections.
    let more = lists("20_each").peak - lists("1_each").peak;
    assert_eq!(more, 50 * 19 * 8);
    // With one subscription there is nothing to win.
    assert!(lists("1_each").peak > tasks("1_each").peak);
}

#[test]
fn worker_per_message_stream() {
    let parts = cost("connections/task_per_part/100");
    let one = cost("connections/one_task/100");
    assert!(parts.allocations > 2 * one.allocations);
    assert!(
        parts.peak > 3 * one.peak,
        "each hop is a task and a channel"
    );
}

#[test]
fn pinger_task_per_connection() {
    let apart = cost("connections/pinger_apart/100");
    let folded = cost("connections/one_task/100");
    let allocations = apart.allocations - folded.allocations;
    assert!(
        (90..=110).contains(&allocations),
        "one task each: {allocations}"
    );
    assert!(apart.peak > folded.peak + 100 * 200);
}

#[test]
fn background_cleanup_task() {
    let read = cost("expiry/on_read/10000");
    let swept = cost("expiry/swept/10000");
    assert!(read.live > 3 * swept.live && read.peak > 3 * swept.peak);
    assert!(expiry::swept(&10_000).len() < expiry::on_read(&10_000).len() / 5);

    one_thread().block_on(async {
        let sessions = Arc::new(Mutex::new(expiry::Sessions::default()));
        {
            let mut sessions = sessions.lock().expect("not poisoned");
            sessions.insert(1);
            (0..100).for_each(|_| sessions.tick());
        }
        let sweeper = expiry::sweep_every(&sessions, Duration::from_millis(1));
        while !sessions.lock().expect("not poisoned").is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(!sweeper.is_finished());
        drop(sessions);
        // It holds the sessions weakly, so it ends with them. If it didn't, this would not.
        let ended = tokio::time::timeout(Duration::from_secs(10), sweeper).await;
        assert!(ended.is_ok_and(|ended| ended.is_ok()));
    });
}
