//! Owns the handles, and believes that dropping them ends the tasks.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
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

/// What the first index finds that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    let (sender, mut answers) = mpsc::channel(indexes.len().max(1));
    let mut tasks = Vec::new();
    for index in indexes {
        let asking = index.clone().ask(Arc::clone(&question));
        let sender = sender.clone();
        tasks.push(tokio::spawn(async move {
            let _ = sender.send(asking.await).await;
        }));
    }
    drop(sender);
    let mut found = None;
    while let Some(answer) = answers.recv().await {
        if answer.is_some() {
            found = answer;
            break;
        }
    }
    drop(tasks);
    found
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
