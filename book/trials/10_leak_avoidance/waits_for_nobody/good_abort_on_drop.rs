//! A guard of its own aborts the tasks when it is dropped.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

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

/// What is found by the first index that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    struct Tasks(Vec<tokio::task::AbortHandle>);
    impl Drop for Tasks {
        fn drop(&mut self) {
            self.0.iter().for_each(tokio::task::AbortHandle::abort);
        }
    }
    let (sender, mut answers) = tokio::sync::mpsc::channel(indexes.len().max(1));
    let mut tasks = Tasks(Vec::with_capacity(indexes.len()));
    for index in indexes {
        let asking = index.clone().ask(Arc::clone(&question));
        let sender = sender.clone();
        let task = tokio::spawn(async move {
            let _ = sender.send(asking.await).await;
        });
        tasks.0.push(task.abort_handle());
    }
    drop(sender);
    while let Some(answer) = answers.recv().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}
