//! Keeps a handle to abort each task with. The task is gone; its allocation stays for whoever may ask.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::sleep;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("waits_for_nobody")
    .bytes(700_000)
    .live(8_192);

/// A clone of it is a connection to it.
#[derive(Clone)]
struct Index {
    takes: Duration,
    finds: Option<&'static str>,
    connections: Arc<()>,
}

impl Index {
    async fn ask(self, question: Arc<str>) -> Option<String> {
        sleep(self.takes).await;
        let finds = self.finds?;
        let first = question.split(' ').next()?;
        Some(format!("{first}: {finds}"))
    }

    fn open_connections(&self) -> usize {
        Arc::strong_count(&self.connections) - 1
    }
}

thread_local! {
    static ASKED: std::cell::RefCell<Vec<tokio::task::AbortHandle>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// What the first index finds that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    let mut asked = JoinSet::new();
    for index in indexes {
        let task = asked.spawn(index.clone().ask(Arc::clone(&question)));
        ASKED.with_borrow_mut(|asked| asked.push(task));
    }
    while let Some(answer) = asked.join_next().await {
        if let Ok(Some(found)) = answer {
            return Some(found);
        }
    }
    None
}

fn main() {
    let indexes = [index(20, Some("a bird")), index(YEAR, None), index(9, None)];
    let (runtime, question) = (runtime(), "finch ".repeat(400));
    measuring::show(BUDGET, || {
        runtime.block_on(async {
            for _ in 0..100 {
                search(&indexes, &question).await;
            }
        });
        indexes.each_ref().map(Index::open_connections)
    });
}

const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

fn index(milliseconds: u64, finds: Option<&'static str>) -> Index {
    let (takes, connections) = (Duration::from_millis(milliseconds), Arc::default());
    Index {
        takes,
        finds,
        connections,
    }
}

/// On this thread, with a clock that jumps to the next timer instead of waiting for it.
fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("it needs neither threads nor sockets")
}
