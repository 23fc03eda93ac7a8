//! Aborts its tasks and forgets their set.

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
    struct Guard(std::mem::ManuallyDrop<JoinSet<Option<String>>>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.abort_all();
            self.0.detach_all();
        }
    }
    let question = Arc::<str>::from(question);
    let mut asked = Guard(std::mem::ManuallyDrop::new(JoinSet::new()));
    for index in indexes {
        asked.0.spawn(index.clone().ask(Arc::clone(&question)));
    }
    while let Some(answer) = asked.0.join_next().await {
        if let Ok(Some(found)) = answer {
            return Some(found);
        }
    }
    None
}
