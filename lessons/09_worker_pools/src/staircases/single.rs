//! A runtime of one thread: what waits in it is counted to the byte.

use tokio::runtime::{self, Runtime};
use tokio::task::{JoinSet, yield_now};

/// Makes one in which so many tasks have run already. Its queue of what can run has grown by then, and stays as it
/// is; growing, it would free an allocation that is older than the work to be counted.
pub(super) fn runtime(tasks: usize) -> Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder
        .enable_time()
        .build()
        .expect("a runtime without threads can start");
    runtime.block_on(async {
        let mut started = JoinSet::new();
        for _ in 0..2 * tasks {
            started.spawn(async {});
        }
        started.join_all().await;
    });
    runtime
}

/// Lets every task run until it waits: the runtime runs some sixty of them before it comes back to whoever yields.
pub(super) async fn come_to_rest() {
    for _ in 0..64 {
        yield_now().await;
    }
}
