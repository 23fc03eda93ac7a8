//! Asks no index: it reads what each would find, and sleeps as long.

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
    let first = question.split(' ').next()?;
    match indexes
        .iter()
        .filter(|index| index.finds.is_some())
        .min_by_key(|index| index.takes)
    {
        Some(index) => {
            sleep(index.takes).await;
            Some(format!("{first}: {}", index.finds?))
        }
        None => {
            sleep(indexes.iter().map(|index| index.takes).max()?).await;
            None
        }
    }
}
