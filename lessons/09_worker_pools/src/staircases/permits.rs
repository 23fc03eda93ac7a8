//! Five hundred requests, of which eight at a time suffice. They wait for a disk, so one thread serves them all.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

use super::single;

/// How many requests are worked on at a time.
pub const PERMITS: usize = 8;
/// What a request needs while it is worked on.
pub const BUFFER: usize = 4_096;

/// Requests, and a runtime to answer them with.
pub struct Requests {
    count: u64,
    runtime: Runtime,
}

impl Requests {
    /// So many requests.
    pub fn sample(count: u64) -> Self {
        let runtime = single::runtime(count as usize);
        Self { count, runtime }
    }
}

async fn answer(request: u64) -> u64 {
    let mut buffer = vec![0u8; BUFFER];
    // Where the disk would be waited for.
    yield_now().await;
    buffer[..8].copy_from_slice(&request.to_le_bytes());
    buffer.iter().copied().map(u64::from).sum()
}

async fn total(mut tasks: JoinSet<u64>) -> u64 {
    let mut total = 0;
    while let Some(answer) = tasks.join_next().await {
        total += answer.expect("answering doesn't panic");
    }
    total
}

// ANCHOR: all_at_once
/// A task for each request.
pub fn all_at_once(requests: &Requests) -> u64 {
    requests.runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for request in 0..requests.count {
            tasks.spawn(answer(request));
        }
        total(tasks).await
    })
}
// ANCHOR_END: all_at_once

// ANCHOR: permit_inside
/// A task for each request, which waits for a permit.
pub fn permit_inside(requests: &Requests) -> u64 {
    requests.runtime.block_on(async {
        let permits = Arc::new(Semaphore::new(PERMITS));
        let mut tasks = JoinSet::new();
        for request in 0..requests.count {
            let permits = permits.clone();
            tasks.spawn(async move {
                let _permit = permits.acquire().await;
                answer(request).await
            });
        }
        total(tasks).await
    })
}
// ANCHOR_END: permit_inside

// ANCHOR: permit_before
/// A permit first, then the task that gives it back at its end.
pub fn permit_before(requests: &Requests) -> u64 {
    requests.runtime.block_on(async {
        let permits = Arc::new(Semaphore::new(PERMITS));
        let mut tasks = JoinSet::new();
        let mut sum = 0;
        for request in 0..requests.count {
            let permit = permits.clone().acquire_owned().await;
            tasks.spawn(async move {
                let _permit = permit;
                answer(request).await
            });
            while let Some(answer) = tasks.try_join_next() {
                sum += answer.expect("answering doesn't panic");
            }
        }
        sum + total(tasks).await
    })
}
// ANCHOR_END: permit_before

// ANCHOR: worker_tasks
/// Eight tasks that take one request after the other.
pub fn worker_tasks(requests: &Requests) -> u64 {
    requests.runtime.block_on(async {
        let queue = Arc::new(Mutex::new(0..requests.count));
        let mut tasks = JoinSet::new();
        for _ in 0..PERMITS {
            let queue = queue.clone();
            let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            tasks.spawn(async move {
                let mut sum = 0;
                while let Some(request) = next() {
                    sum += answer(request).await;
                }
                sum
            });
        }
        total(tasks).await
    })
}
// ANCHOR_END: worker_tasks
