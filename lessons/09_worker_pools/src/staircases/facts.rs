//! Figures that are no cases: what waits, and what it takes to start it.
//!
//! Those about blocks are counted by the meter, on the calling thread, so they need a binary that has it installed.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use crossbeam::utils::CachePadded;
use measuring::case::Fact;
use measuring::{Heap, heap};
use tokio::runtime;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};

pub(crate) const FACTS: &[Fact] = &[
    fact("idle_task_blocks", || per_task(|cost| cost.blocks)),
    fact("idle_task_bytes", || per_task(|cost| cost.peak)),
    fact("idle_future_size", || {
        size_of_val(&wait(Arc::new(Notify::new()))).to_string()
    }),
    fact("spawn_thread_blocks", || spawn_thread().blocks.to_string()),
    fact("spawn_thread_bytes", || spawn_thread().bytes.to_string()),
    fact("boxed_job_blocks", || {
        let (_job, cost) = heap(|| boxed(7));
        cost.blocks.to_string()
    }),
    fact("counter_size", || size_of::<AtomicU64>().to_string()),
    fact("padded_counter_size", || {
        size_of::<CachePadded<AtomicU64>>().to_string()
    }),
];

const fn fact(name: &'static str, value: fn() -> String) -> Fact {
    Fact { name, value }
}

fn boxed(number: u64) -> Box<dyn FnOnce() -> u64 + Send> {
    Box::new(move || number)
}

/// What a task does that waits for one thing.
async fn wait(signal: Arc<Notify>) {
    signal.notified().await;
}

/// What each of a thousand tasks takes that wait, on a runtime of one thread.
fn per_task(figure: fn(Heap) -> u64) -> String {
    const TASKS: u64 = 1_000;
    let runtime = runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without threads or timers can start");
    runtime.block_on(async {
        let signal = Arc::new(Notify::new());
        let start = || -> Vec<JoinHandle<()>> {
            let mut tasks = Vec::with_capacity(TASKS as usize);
            tasks.extend((0..TASKS).map(|_| tokio::spawn(wait(signal.clone()))));
            tasks
        };
        // Once before it counts: the runtime's queue of what can run grows, and stays.
        drain(start(), &signal).await;
        let (tasks, cost) = heap(start);
        let list = Heap {
            blocks: 1,
            bytes: 0,
            peak: TASKS * size_of::<JoinHandle<()>>() as u64,
            live: 0,
        };
        drain(tasks, &signal).await;
        ((figure(cost) - figure(list)) / TASKS).to_string()
    })
}

async fn drain(tasks: Vec<JoinHandle<()>>, signal: &Notify) {
    // Now all of them wait.
    yield_now().await;
    signal.notify_waiters();
    for task in tasks {
        task.await.expect("waiting doesn't panic");
    }
}

/// What a thread takes of whoever starts it. Its stack is no part of that: the kernel supplies it.
fn spawn_thread() -> Heap {
    let (thread, cost) = heap(|| thread::spawn(|| ()));
    thread.join().expect("an idle thread doesn't panic");
    cost
}
