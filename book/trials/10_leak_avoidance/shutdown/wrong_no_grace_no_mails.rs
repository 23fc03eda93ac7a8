//! Without grace it hands back nothing.

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long it takes to send, and its text.
struct Mail(Duration, Vec<u8>);

#[derive(Default)]
struct Office {
    stop: CancellationToken,
    promised: Mutex<VecDeque<Arc<Mail>>>,
    more: Notify,
    bytes_sent: AtomicUsize,
    log_is_closed: AtomicBool,
}

impl Office {
    /// Promises to send a mail. Returns it as an error once the token is cancelled.
    fn submit(&self, mail: Mail) -> Result<(), Mail> {
        let mut promised = self.promised();
        if self.stop.is_cancelled() {
            return Err(mail);
        }
        promised.push_back(Arc::new(mail));
        self.more.notify_one();
        Ok(())
    }

    fn promised(&self) -> MutexGuard<'_, VecDeque<Arc<Mail>>> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send_all(self: Arc<Self>) {
        loop {
            let next = self.promised().front().cloned();
            if let Some(Mail(takes, text)) = next.as_deref() {
                sleep(*takes).await;
                self.bytes_sent.fetch_add(text.len(), Relaxed);
                self.promised().pop_front();
            } else {
                tokio::select! {
                    () = self.more.notified() => {}, () = self.stop.cancelled() => return
                }
            }
        }
    }

    async fn keep_log(self: Arc<Self>) {
        self.stop.cancelled().await;
        sleep(Duration::from_millis(5)).await;
        self.log_is_closed.store(true, Relaxed);
    }
}

fn start(office: &Arc<Office>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(Arc::clone(office).send_all());
    tasks.spawn(Arc::clone(office).keep_log());
    tasks
}

/// Ends all tasks within the grace period. Hands back the mails that were promised and aren't sent, in their order.
async fn shutdown(office: &Office, mut tasks: JoinSet<()>, grace: Duration) -> Vec<Arc<Mail>> {
    office.stop.cancel();
    if grace.is_zero() {
        tasks.shutdown().await;
        return Vec::new();
    }
    let all_have_ended = async { while tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(grace, all_have_ended).await;
    tasks.shutdown().await;
    std::mem::take(&mut *office.promised()).into()
}
