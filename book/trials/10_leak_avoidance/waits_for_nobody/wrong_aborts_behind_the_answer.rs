//! Aborts the tasks in the last lines, which a search that was dropped never comes to.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::time::sleep;

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
    for task in tasks {
        task.abort();
    }
    found
}
