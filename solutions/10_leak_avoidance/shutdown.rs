//! A post office sends one mail after the other. One that was taken in is promised: it stays in a list until it is
//! sent. Another task keeps the log, and closes it at the end. Now the machine is to be restarted.
//!
//! `shutdown` asks first: the token closes the door, and both tasks end when they are done. After the grace period it
//! aborts what is left, waits until it is gone, and moves the unsent mails out of the list to hand them back.
//!
//! | measure | budget | why                                                                        |
//! |---------|--------|----------------------------------------------------------------------------|
//! | live    |  2,048 | ten mails were handed back and dropped; a client still knows the office    |

#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long it takes to send, and what it says.
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
    /// Promises to send a mail; hands it back once the token is cancelled.
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
    let all_have_ended = async { while tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(grace, all_have_ended).await;
    tasks.shutdown().await;
    std::mem::take(&mut *office.promised()).into()
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("shutdown").live(2_048);

fn main() {
    measuring::show(BUDGET, restart);
}

/// The clock is paused: it jumps to the next timer instead of waiting for it.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn restart() -> Vec<std::sync::Arc<Mail>> {
    let office = std::sync::Arc::<Office>::default();
    let _ = office.submit(Mail(std::time::Duration::from_secs(2), vec![b'm'; 1_000]));
    shutdown(&office, start(&office), std::time::Duration::from_secs(1)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::sync::Arc;
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;
    use tokio::runtime::{Builder, Handle, Runtime};
    use tokio::time::sleep;
    use tokio::time::{Instant, timeout};

    const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

    fn mail(milliseconds: u64) -> Mail {
        Mail(Duration::from_millis(milliseconds), vec![b'm'; 1_000])
    }

    fn runtime() -> Runtime {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    }

    #[derive(Debug, PartialEq)]
    struct Ended {
        sent: usize,
        /// How long each of the mails that were handed back would have taken.
        back: Vec<u64>,
        after: u128,
        tasks: usize,
        log_is_closed: bool,
    }

    /// An office with these mails, which is shut down a moment later.
    async fn ended(office: &Arc<Office>, mails: &[u64], grace: u64) -> Ended {
        let tasks = start(office);
        for milliseconds in mails {
            assert!(office.submit(mail(*milliseconds)).is_ok());
        }
        sleep(Duration::from_millis(1)).await;
        let start = Instant::now();
        let ending = shutdown(office, tasks, Duration::from_millis(grace));
        let back = timeout(Duration::from_secs(3_600), ending).await;
        let back = back.expect("it ends within the hour");
        Ended {
            sent: office.bytes_sent.load(Relaxed) / 1_000,
            back: back.iter().map(|mail| mail.0.as_millis() as u64).collect(),
            after: start.elapsed().as_millis(),
            tasks: Handle::current().metrics().num_alive_tasks(),
            log_is_closed: office.log_is_closed.load(Relaxed),
        }
    }

    fn end(mails: &[u64], grace: u64) -> Ended {
        runtime().block_on(ended(&Arc::default(), mails, grace))
    }

    fn expected(sent: usize, back: &[u64], after: u128) -> Ended {
        Ended {
            sent,
            back: back.to_vec(),
            after,
            tasks: 0,
            log_is_closed: true,
        }
    }

    #[test]
    fn who_has_nothing_to_do_ends_at_once() {
        assert_eq!(end(&[], 1_000), expected(0, &[], 5));
    }

    #[test]
    fn what_was_promised_is_sent_and_no_longer_waited_for() {
        assert_eq!(end(&[101, 200, 300], 1_000), expected(3, &[], 600));
    }

    #[test]
    fn when_time_is_over_the_rest_is_handed_back_in_order() {
        let mails = [301, 302, 303, 304, 305];
        assert_eq!(end(&mails, 1_000), expected(3, &[304, 305], 1_000));
    }

    #[test]
    fn a_mail_that_never_ends_is_handed_back() {
        assert_eq!(end(&[YEAR, 20], 1_000), expected(0, &[YEAR, 20], 1_000));
    }

    #[test]
    fn without_grace_nothing_is_lost_either() {
        let ended = end(&[50, 60], 0);
        assert_eq!((ended.sent, ended.back, ended.tasks), (0, vec![50, 60], 0));
        assert!(ended.after <= 1, "timers go by whole milliseconds");
    }

    #[test]
    fn the_door_is_closed_from_the_beginning_of_the_grace_period() {
        runtime().block_on(async {
            let office = Arc::<Office>::default();
            let client = Arc::clone(&office);
            let late = async move {
                sleep(Duration::from_millis(100)).await;
                client.submit(mail(10)).is_err()
            };
            let (ended, late) = tokio::join!(ended(&office, &[500], 1_000), late);
            assert_eq!(ended, expected(1, &[], 499));
            assert!(late, "a mail was promised during the grace period");
            assert!(office.submit(mail(10)).is_err());
            assert!(office.promised().is_empty());
        });
    }

    #[test]
    fn no_task_holds_the_office_in_the_end() {
        runtime().block_on(async {
            let office = Arc::default();
            ended(&office, &[YEAR], 1_000).await;
            assert_eq!(Arc::strong_count(&office), 1);
        });
    }

    #[test]
    fn a_client_who_stays_keeps_no_mails() {
        let runtime = runtime();
        let office = BUDGET.assert_holds(|| {
            runtime.block_on(async {
                let office = Arc::default();
                let ended = ended(&office, black_box(&[YEAR; 10]), 1_000).await;
                assert_eq!(ended.back.len(), 10);
                office
            })
        });
        assert!(office.submit(mail(10)).is_err());
    }
}
