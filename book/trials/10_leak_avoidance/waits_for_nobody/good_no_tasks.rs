//! Owns the futures themselves, and polls them all in one task.

#![forbid(unsafe_code)]

use std::future::Future as _;
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
    let asking = indexes
        .iter()
        .map(|index| Box::pin(index.clone().ask(Arc::clone(&question))));
    let mut asking: Vec<_> = asking.collect();
    std::future::poll_fn(|context| {
        let mut found = None;
        asking.retain_mut(|asking| match asking.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                found = found.take().or(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if found.is_some() || asking.is_empty() {
            std::task::Poll::Ready(found)
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}
