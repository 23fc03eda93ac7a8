//! A token, which a guard cancels when the search ends, in each task.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

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
    let stop = CancellationToken::new();
    let _guard = stop.clone().drop_guard();
    let (sender, mut answers) = mpsc::channel(1);
    for index in indexes {
        let (asking, sender, stop) = (
            index.clone().ask(Arc::clone(&question)),
            sender.clone(),
            stop.clone(),
        );
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                answer = asking => if answer.is_some() { let _ = sender.send(answer).await; }
            }
        });
    }
    drop(sender);
    answers.recv().await.flatten()
}
