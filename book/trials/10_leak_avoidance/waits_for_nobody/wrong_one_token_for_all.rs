//! One token for all searches: the first that ends cancels the tasks of the others.

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
    use tokio_util::sync::CancellationToken;
    thread_local! {
        static STOP: std::cell::RefCell<CancellationToken> = Default::default();
    }
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            STOP.take().cancel();
        }
    }
    let question = Arc::<str>::from(question);
    let stop = STOP.with_borrow(|stop| stop.clone());
    let _guard = Guard;
    let (sender, mut answers) = tokio::sync::mpsc::channel(1);
    for index in indexes {
        let (asking, sender, stop) = (
            index.clone().ask(Arc::clone(&question)),
            sender.clone(),
            stop.clone(),
        );
        tokio::spawn(async move {
            if let Some(Some(answer)) = stop.run_until_cancelled(asking).await {
                let _ = sender.send(answer).await;
            }
        });
    }
    drop(sender);
    answers.recv().await
}
