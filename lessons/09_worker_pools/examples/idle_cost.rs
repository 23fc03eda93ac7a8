//! What a thread and a task cost that only wait: `cargo run --release -p worker_pools --example idle_cost`.
//!
//! The heap is the meter's, for the whole process. What is reserved and what lies in memory is the kernel's word, on
//! Linux; it counts pages, and differs a little from run to run, so no test and no table holds it.

use std::fs;
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};

use measuring::heap_of_process;
use tokio::runtime;
use tokio::sync::Semaphore;

measuring::install!();

const THREADS: usize = 1_000;
const TASKS: usize = 100_000;

fn main() {
    println!("for each one that waits:      heap   resident      reserved");
    threads();
    tasks();
    println!(
        "\nswitches for each of {THREADS} tiny jobs, those of the thread that waits for them included:"
    );
    println!("a thread each {:>8.2}", thread_per_job());
    println!("one worker    {:>8.2}", one_worker());
}

fn threads() {
    let held = Arc::new(Barrier::new(THREADS + 1));
    let before = Footprint::now();
    let (threads, heap) = heap_of_process(|| {
        let threads = (0..THREADS).map(|_| {
            let held = held.clone();
            thread::spawn(move || {
                held.wait();
                held.wait();
            })
        });
        let threads: Vec<JoinHandle<()>> = threads.collect();
        held.wait();
        threads
    });
    report("a thread", heap.live, &before, THREADS);
    held.wait();
    for thread in threads {
        thread.join().expect("waiting doesn't panic");
    }
}

fn tasks() {
    let mut builder = runtime::Builder::new_multi_thread();
    let runtime = builder
        .worker_threads(2)
        .build()
        .expect("two threads can start");
    let gate = Arc::new(Semaphore::new(0));
    let wait = |gate: Arc<Semaphore>| async move {
        let _ = gate.acquire().await;
    };
    let before = Footprint::now();
    let (tasks, heap) = heap_of_process(|| {
        let mut tasks = Vec::with_capacity(TASKS);
        tasks.extend((0..TASKS).map(|_| runtime.spawn(wait(gate.clone()))));
        tasks
    });
    report("a task", heap.live, &before, TASKS);
    gate.close();
    runtime.block_on(async {
        for task in tasks {
            task.await.expect("waiting doesn't panic");
        }
    });
}

/// What the kernel says of this process, in bytes.
struct Footprint {
    resident: Option<u64>,
    reserved: Option<u64>,
}

impl Footprint {
    fn now() -> Self {
        Self {
            resident: status("self", "VmRSS:").map(|kilobytes| kilobytes * 1_024),
            reserved: status("self", "VmSize:").map(|kilobytes| kilobytes * 1_024),
        }
    }
}

fn report(what: &str, heap: i64, before: &Footprint, count: usize) {
    let now = Footprint::now();
    let each = |now: Option<u64>, before: Option<u64>| match (now, before) {
        (Some(now), Some(before)) => (now.saturating_sub(before) / count as u64).to_string(),
        _ => "unknown".to_owned(),
    };
    let resident = each(now.resident, before.resident);
    let reserved = each(now.reserved, before.reserved);
    let heap = heap / count as i64;
    println!("{what:<24} {heap:>9} {resident:>10} {reserved:>13}");
}

/// Linux tells a thread's status in a file; elsewhere there is no such file.
fn status(whose: &str, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{whose}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().trim_end_matches(" kB").parse().ok()
}

/// How often the kernel has taken a core from the calling thread, or the thread gave it up.
fn switches() -> u64 {
    let names = ["voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"];
    names
        .iter()
        .filter_map(|name| status("thread-self", name))
        .sum()
}

fn thread_per_job() -> f64 {
    let before = switches();
    let theirs: u64 = (0..THREADS)
        // The one with which it ends comes after its last word.
        .map(|_| thread::spawn(|| 1 + switches()).join().unwrap_or_default())
        .sum();
    (switches() - before + theirs) as f64 / THREADS as f64
}

fn one_worker() -> f64 {
    let (queue, jobs) = crossbeam::channel::bounded::<()>(16);
    let before = switches();
    let worker = thread::spawn(move || {
        jobs.iter().for_each(drop);
        1 + switches()
    });
    for _ in 0..THREADS {
        queue.send(()).expect("the worker listens");
    }
    drop(queue);
    let theirs = worker.join().unwrap_or_default();
    (switches() - before + theirs) as f64 / THREADS as f64
}
