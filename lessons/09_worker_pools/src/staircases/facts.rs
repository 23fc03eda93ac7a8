//! Figures that are no cases: what waits, and what it takes to start it.
//!
//! Those about allocations are counted by the meter, on the calling thread, so they need a binary that has it installed.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use crossbeam::utils::CachePadded;
use measuring::case::{Fact, fact};
use measuring::{Heap, heap};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::single;

pub(crate) const FACTS: &[Fact] = &[
    fact("idle_task_allocations", || {
        per_task(|cost| cost.allocations)
    }),
    fact("idle_task_bytes", || per_task(|cost| cost.peak)),
    fact("idle_future_size", || {
        size_of_val(&wait(Arc::new(Semaphore::new(0)))).to_string()
    }),
    fact("spawn_thread_allocations", || {
        spawn_thread().allocations.to_string()
    }),
    fact("spawn_thread_bytes", || spawn_thread().bytes.to_string()),
    fact("boxed_job_allocations", || {
        let (_job, cost) = heap(|| boxed(7));
        cost.allocations.to_string()
    }),
    fact("counter_size", || size_of::<AtomicU64>().to_string()),
    fact("padded_counter_size", || {
        size_of::<CachePadded<AtomicU64>>().to_string()
    }),
];

fn boxed(number: u64) -> Box<dyn FnOnce() -> u64 + Send> {
    Box::new(move || number)
}

/// What a task does that waits for one thing.
async fn wait(gate: Arc<Semaphore>) {
    // An error says that the gate was closed for good, which is how these are let go.
    let _ = gate.acquire().await;
}

/// What each of a thousand tasks takes that wait, on a runtime of one thread.
fn per_task(figure: fn(Heap) -> u64) -> String {
    const TASKS: usize = 1_000;
    single::runtime(TASKS).block_on(async {
        let gate = Arc::new(Semaphore::new(0));
        let mut tasks: Vec<JoinHandle<()>> = Vec::with_capacity(TASKS);
        let spawn = || tokio::spawn(wait(gate.clone()));
        let ((), cost) = heap(|| tasks.extend((0..TASKS).map(|_| spawn())));
        single::come_to_rest().await;
        gate.close();
        for task in tasks {
            task.await.expect("waiting doesn't panic");
        }
        (figure(cost) / TASKS as u64).to_string()
    })
}

/// What a thread takes of whoever starts it. Its stack is no part of that: the kernel supplies it.
fn spawn_thread() -> Heap {
    let (thread, cost) = heap(|| thread::spawn(|| ()));
    thread.join().expect("an idle thread doesn't panic");
    cost
}
