//! Tasks that have ended, and whoever keeps what they returned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet, yield_now};
use tokio_util::task::TaskTracker;

use crate::quiet_runtime;

/// How many pictures are uploaded, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Uploads(pub u32);

/// A small picture of a picture: a kilobyte.
pub type Thumbnail = Vec<u8>;

/// The server when all thumbnails are made. Steps are compared by how many bytes they made.
#[derive(Debug)]
pub struct Made {
    bytes: u64,
    owner: Owner,
    runtime: Runtime,
}

impl Made {
    /// Tasks that haven't ended.
    pub fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }

    /// Tasks that the server still knows of.
    pub fn known(&self) -> usize {
        match &self.owner {
            Owner::Handles(handles) => handles.len(),
            Owner::Set(set) => set.len(),
            Owner::Tracker(tracker) => tracker.len(),
        }
    }
}

impl PartialEq for Made {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// By what the server knows its tasks.
#[derive(Debug)]
enum Owner {
    Handles(Vec<JoinHandle<Thumbnail>>),
    Set(JoinSet<Thumbnail>),
    Tracker(TaskTracker),
}

/// Makes a runtime and lets a server work there.
fn serve(server: impl AsyncFnOnce(Arc<AtomicU64>) -> Owner) -> Made {
    let runtime = quiet_runtime();
    let bytes = Arc::new(AtomicU64::new(0));
    let owner = runtime.block_on(server(bytes.clone()));
    let bytes = bytes.load(Relaxed);
    Made {
        bytes,
        owner,
        runtime,
    }
}

async fn thumbnail(made: Arc<AtomicU64>) -> Thumbnail {
    let thumbnail = vec![0xFF; 1_024];
    made.fetch_add(thumbnail.len() as u64, Relaxed);
    thumbnail
}

// ANCHOR: handles
/// Handles in a list, in case somebody asks. A handle keeps its task's allocation, and what the task returned.
pub fn handles(uploads: &Uploads) -> Made {
    serve(async |made| {
        let mut tasks = Vec::new();
        for _ in 0..uploads.0 {
            tasks.push(tokio::spawn(thumbnail(made.clone())));
            yield_now().await;
        }
        Owner::Handles(tasks)
    })
}
// ANCHOR_END: handles

// ANCHOR: join_set
/// A set that nobody asks. It keeps everything, like the list.
pub fn join_set(uploads: &Uploads) -> Made {
    serve(async |made| {
        let mut tasks = JoinSet::new();
        for _ in 0..uploads.0 {
            tasks.spawn(thumbnail(made.clone()));
            yield_now().await;
        }
        Owner::Set(tasks)
    })
}
// ANCHOR_END: join_set

// ANCHOR: reaped
/// Before each new task, the set gives away those that have ended.
pub fn reaped(uploads: &Uploads) -> Made {
    serve(async |made| {
        let mut tasks = JoinSet::new();
        for _ in 0..uploads.0 {
            while let Some(ended) = tasks.try_join_next() {
                drop(ended);
            }
            tasks.spawn(thumbnail(made.clone()));
            yield_now().await;
        }
        Owner::Set(tasks)
    })
}
// ANCHOR_END: reaped

// ANCHOR: tracker
/// A tracker counts tasks, and can be waited for. It keeps nothing of a task that has ended.
pub fn tracker(uploads: &Uploads) -> Made {
    serve(async |made| {
        let tasks = TaskTracker::new();
        for _ in 0..uploads.0 {
            tasks.spawn(thumbnail(made.clone()));
            yield_now().await;
        }
        Owner::Tracker(tasks)
    })
}
// ANCHOR_END: tracker
