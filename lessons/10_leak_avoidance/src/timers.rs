//! Requests that are answered at once, each with half a minute to answer.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::quiet_runtime;

/// How many requests, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Requests(pub u32);

/// The server when all requests are answered. Steps are compared by how much they answered.
#[derive(Debug)]
pub struct Answered {
    bytes: usize,
    runtime: Runtime,
}

impl Answered {
    /// Tasks that are alive though every request is answered.
    pub fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }
}

impl PartialEq for Answered {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

const LIMIT: Duration = Duration::from_secs(30);

/// What a request brings along: a body of half a kilobyte.
#[derive(Clone, Debug)]
struct Request(Box<[u8]>);

impl Request {
    fn next() -> Self {
        Self(vec![7; 512].into())
    }

    async fn answer(&self) -> usize {
        yield_now().await;
        self.0.len()
    }

    fn complain(&self) {
        eprintln!("no answer to {} bytes", self.0.len());
    }
}

fn serve(server: impl AsyncFnOnce() -> usize) -> Answered {
    let runtime = quiet_runtime();
    let bytes = runtime.block_on(async {
        let bytes = server().await;
        // What was told to end gets the turn that it needs.
        yield_now().await;
        bytes
    });
    Answered { bytes, runtime }
}

// ANCHOR: detached
/// A task per request sleeps and then complains. Nobody tells it that the answer has come, so it keeps a copy of the
/// request for half a minute.
pub fn detached(requests: &Requests) -> Answered {
    serve(async || {
        let mut answered = 0;
        for _ in 0..requests.0 {
            let request = Request::next();
            let late = request.clone();
            tokio::spawn(async move {
                sleep(LIMIT).await;
                late.complain();
            });
            answered += request.answer().await;
        }
        answered
    })
}
// ANCHOR_END: detached

// ANCHOR: abort_on_drop
/// The same task, owned by the request.
pub fn abort_on_drop(requests: &Requests) -> Answered {
    serve(async || {
        let mut answered = 0;
        for _ in 0..requests.0 {
            let request = Request::next();
            let late = request.clone();
            let _watch = AbortOnDropHandle::new(tokio::spawn(async move {
                sleep(LIMIT).await;
                late.complain();
            }));
            answered += request.answer().await;
        }
        answered
    })
}
// ANCHOR_END: abort_on_drop

// ANCHOR: timeout
/// No task: the timer is a part of the future that waits for the answer, and
/// is dropped with it.
pub fn in_place(requests: &Requests) -> Answered {
    serve(async || {
        let mut answered = 0;
        for _ in 0..requests.0 {
            let request = Request::next();
            match timeout(LIMIT, request.answer()).await {
                Ok(bytes) => answered += bytes,
                Err(_late) => request.complain(),
            }
        }
        answered
    })
}
// ANCHOR_END: timeout
