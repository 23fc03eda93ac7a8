//! How many permits? As many as there are cores, if the work computes; many more, if it waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{self, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::checking::{WORKERS, checksum};

/// Requests, and a runtime with a worker for each of two cores.
pub struct Requests {
    kind: Kind,
    runtime: Runtime,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Some tens of microseconds of work.
    Computing,
    /// A millisecond in which somebody else works.
    Waiting,
}

const REQUESTS: usize = 32;

impl Requests {
    /// Requests that keep a core busy.
    pub fn computing() -> Self {
        Self::of(Kind::Computing)
    }

    /// Requests that wait.
    pub fn waiting() -> Self {
        Self::of(Kind::Waiting)
    }

    fn of(kind: Kind) -> Self {
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder
            .worker_threads(WORKERS)
            .enable_time()
            .build()
            .expect("two threads can start");
        Self { kind, runtime }
    }

    // ANCHOR: with_permits
    fn with_permits(&self, permits: usize) -> u64 {
        let kind = self.kind;
        self.runtime.block_on(async {
            let permits = Arc::new(Semaphore::new(permits));
            let mut tasks = JoinSet::new();
            for _ in 0..REQUESTS {
                let permit = permits.clone().acquire_owned().await;
                tasks.spawn(async move {
                    let _permit = permit;
                    kind.answer().await
                });
            }
            let mut total = 0u64;
            while let Some(answer) = tasks.join_next().await {
                total = total.wrapping_add(answer.expect("answering doesn't panic"));
            }
            total
        })
    }
    // ANCHOR_END: with_permits
}

impl Kind {
    async fn answer(self) -> u64 {
        match self {
            Kind::Computing => checksum(&[7; 16 * 1_024]),
            Kind::Waiting => {
                tokio::time::sleep(Duration::from_millis(1)).await;
                1
            }
        }
    }
}

/// One after the other.
pub fn one(requests: &Requests) -> u64 {
    requests.with_permits(1)
}

/// A permit for each core.
pub fn per_core(requests: &Requests) -> u64 {
    requests.with_permits(WORKERS)
}

/// A permit for each request, and some to spare.
pub fn sixty_four(requests: &Requests) -> u64 {
    requests.with_permits(64)
}
