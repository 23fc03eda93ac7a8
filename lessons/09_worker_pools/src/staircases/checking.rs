//! Work out the checksum of each payload, on several threads. The pools and the runtime run already, as in a server.

use std::sync::{Arc, OnceLock};
use std::thread;

use crossbeam::channel;
use rayon::prelude::*;
use tokio::runtime::{self, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use crate::{Config, Ordered, Pool};

/// Two of everything, so that the figures don't depend on the machine.
pub const WORKERS: usize = 2;
/// How many jobs may wait in a queue.
const QUEUE: usize = 16;

/// Payloads, and what works on them. Each of those starts when it is first used.
pub struct Batch {
    payloads: Vec<Payload>,
    boxed: OnceLock<Pool<BoxedJob>>,
    ordered: OnceLock<Ordered<Payload, u64>>,
    rayon: OnceLock<rayon::ThreadPool>,
    runtime: OnceLock<Runtime>,
}

type Payload = Arc<[u8]>;
type BoxedJob = Box<dyn FnOnce() + Send>;

impl Batch {
    /// So many payloads of so many bytes.
    pub fn sample(count: usize, bytes: usize) -> Self {
        let payload = |number: usize| (0..bytes).map(|at| (at ^ number) as u8).collect();
        Self {
            payloads: (0..count).map(payload).collect(),
            boxed: OnceLock::new(),
            ordered: OnceLock::new(),
            rayon: OnceLock::new(),
            runtime: OnceLock::new(),
        }
    }

    fn boxed(&self) -> &Pool<BoxedJob> {
        self.boxed.get_or_init(|| {
            let config = Config::named("boxed").workers(WORKERS).queue(QUEUE);
            Pool::start(config, || (), |(), job: BoxedJob| job()).expect("two threads can start")
        })
    }

    fn ordered(&self) -> &Ordered<Payload, u64> {
        self.ordered.get_or_init(|| {
            let config = Config::named("ordered").workers(WORKERS).queue(QUEUE);
            Ordered::start(config, || (), |(), payload: Payload| checksum(&payload))
                .expect("two threads can start")
        })
    }

    fn rayon(&self) -> &rayon::ThreadPool {
        self.rayon.get_or_init(|| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(WORKERS);
            builder.build().expect("two threads can start")
        })
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.get_or_init(|| {
            let mut builder = runtime::Builder::new_multi_thread();
            builder
                .worker_threads(WORKERS)
                .build()
                .expect("two threads can start")
        })
    }
}

/// FNV-1a: a little work per byte, and nothing else.
pub fn checksum(payload: &[u8]) -> u64 {
    payload.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

// ANCHOR: thread_per_job
/// A thread for each payload.
pub fn thread_per_job(batch: &Batch) -> Vec<u64> {
    let start = |payload: &Payload| {
        let payload = payload.clone();
        thread::spawn(move || checksum(&payload))
    };
    let threads: Vec<_> = batch.payloads.iter().map(start).collect();
    threads.into_iter().map(joined).collect()
}
// ANCHOR_END: thread_per_job

// ANCHOR: scoped
/// A thread for each core, which borrows its share of the payloads.
pub fn scoped(batch: &Batch) -> Vec<u64> {
    let share = batch.payloads.len().div_ceil(WORKERS);
    thread::scope(|scope| {
        let shares = batch.payloads.chunks(share);
        let start = |share| scope.spawn(move || one_loop_over(share));
        let threads: Vec<_> = shares.map(start).collect();
        threads
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(sums) => sums,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}
// ANCHOR_END: scoped

// ANCHOR: boxed_jobs
/// A pool that runs closures.
pub fn boxed_jobs(batch: &Batch) -> Vec<u64> {
    let mut sums = vec![0; batch.payloads.len()];
    let (answers, inbox) = channel::bounded(sums.len());
    for (index, payload) in batch.payloads.iter().enumerate() {
        let (payload, answers) = (payload.clone(), answers.clone());
        let job = Box::new(move || {
            // Nobody listens where the one who asked has panicked.
            let _ = answers.send((index, checksum(&payload)));
        });
        batch.boxed().submit(job).expect("the pool is open");
    }
    drop(answers);
    for (index, sum) in inbox {
        sums[index] = sum;
    }
    sums
}
// ANCHOR_END: boxed_jobs

// ANCHOR: typed_jobs
/// A pool whose jobs are plain data, and which answers in order.
pub fn typed_jobs(batch: &Batch) -> Vec<u64> {
    let sums = batch.ordered().map(batch.payloads.iter().cloned());
    sums.map(|sum| sum.expect("a checksum doesn't panic"))
        .collect()
}
// ANCHOR_END: typed_jobs

// ANCHOR: tasks
/// A task for each payload, and a permit before each task.
pub fn tasks(batch: &Batch) -> Vec<u64> {
    let mut sums = vec![0; batch.payloads.len()];
    let mut note = |done: Result<(usize, u64), JoinError>| match done {
        Ok((index, sum)) => sums[index] = sum,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    batch.runtime().block_on(async {
        let permits = Arc::new(Semaphore::new(WORKERS + QUEUE));
        let mut tasks = JoinSet::new();
        for (index, payload) in batch.payloads.iter().enumerate() {
            let permit = permits.clone().acquire_owned().await;
            let payload = payload.clone();
            tasks.spawn(async move {
                let _permit = permit;
                (index, checksum(&payload))
            });
            while let Some(done) = tasks.try_join_next() {
                note(done);
            }
        }
        while let Some(done) = tasks.join_next().await {
            note(done);
        }
    });
    sums
}
// ANCHOR_END: tasks

// ANCHOR: rayon
/// A parallel iterator, which splits the payloads as far as there are idle threads.
pub fn rayon(batch: &Batch) -> Vec<u64> {
    let sums = || batch.payloads.par_iter().map(|it| checksum(it)).collect();
    batch.rayon().install(sums)
}
// ANCHOR_END: rayon

// ANCHOR: one_loop
/// No other thread at all.
pub fn one_loop(batch: &Batch) -> Vec<u64> {
    one_loop_over(&batch.payloads)
}

fn one_loop_over(payloads: &[Payload]) -> Vec<u64> {
    payloads.iter().map(|payload| checksum(payload)).collect()
}
// ANCHOR_END: one_loop

fn joined<T>(thread: thread::JoinHandle<T>) -> T {
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
