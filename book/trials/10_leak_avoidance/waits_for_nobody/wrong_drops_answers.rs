//! Its channel has one place, and an answer that finds it taken is lost.

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

/// What the first index finds that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    let mut asked = JoinSet::new();
    let (sender, mut answers) = tokio::sync::mpsc::channel(1);
    for index in indexes {
        let (asking, sender) = (index.clone().ask(Arc::clone(&question)), sender.clone());
        asked.spawn(async move {
            let _ = sender.try_send(asking.await);
        });
    }
    drop(sender);
    while let Some(answer) = answers.recv().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}
