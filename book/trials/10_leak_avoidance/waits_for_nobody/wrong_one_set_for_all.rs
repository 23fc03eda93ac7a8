//! All searches share a set of tasks: the next search ends the last.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
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
    thread_local!(static ASKED: std::cell::RefCell<JoinSet<()>> = std::cell::RefCell::new(JoinSet::new()));
    let (sender, mut answers) = tokio::sync::mpsc::channel(indexes.len().max(1));
    ASKED.with_borrow_mut(JoinSet::abort_all);
    for index in indexes {
        let asking = index.clone().ask(Arc::clone(&question));
        let sender = sender.clone();
        ASKED.with_borrow_mut(|asked| {
            asked.spawn(async move {
                let _ = sender.send(asking.await).await;
            })
        });
    }
    drop(sender);
    while let Some(answer) = answers.recv().await {
        if answer.is_some() {
            ASKED.with_borrow_mut(JoinSet::abort_all);
            return answer;
        }
    }
    None
}
