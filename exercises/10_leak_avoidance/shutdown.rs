//! A post office sends one mail after the other. An accepted mail is promised: it stays in a list
//! until it is sent. Another task keeps the log, and closes it at the end. Now the machine is to
//! be restarted.
//!
//! Write `shutdown`. From its beginning no mail is accepted. All tasks together have the grace
//! period, and it lasts no longer than they take. A panic ends its task only. A task alive after
//! it is aborted. When `shutdown` returns, no task is alive, and each promised mail is sent or
//! handed back in order: of 600 and 700 ms, with a grace of 1 s, the second. The office keeps
//! neither mails nor capacity for them. std, tokio and tokio-util will do.
//!
//! | measure                     | budget | why                                             |
//! |-----------------------------|--------|-------------------------------------------------|
//! | peak, 1,000 mails come back | 90,000 | mails of 48 bytes, the list, the list that grew |
//! | live, 1,000 mails came back |  1,024 | a client still knows the office                 |
//! | live, 20 shutdowns          |  1,024 | nothing is kept                                 |

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

/// Ends all tasks within the grace period. Returns the promised mails that are not sent, in order.
async fn shutdown(office: &Office, tasks: JoinSet<()>, grace: Duration) -> Vec<Arc<Mail>> {
    // TODO: nothing asks the tasks to end, and nothing waits for them.
    todo!("end {} tasks of {office:p} in {grace:?}", tasks.len())
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("shutdown").peak(90_000);

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
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::panic::resume_unwind;
    use std::sync::Arc;
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;
    use tokio::runtime::{Builder, Handle, Runtime};
    use tokio::task::JoinSet;
    use tokio::time::{Instant, sleep, timeout};

    const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

    fn mail(milliseconds: u64) -> Mail {
        Mail(Duration::from_millis(milliseconds), vec![b'm'; 1_000])
    }

    fn runtime() -> Runtime {
        awaiting("shutdown, or the lock of the list of mails while a task needs it");
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    }

    #[derive(Debug, PartialEq)]
    struct Ended {
        sent: usize,
        /// How long each of the mails that were handed back would have taken.
        back: Vec<u64>,
        /// How long it took, in milliseconds.
        after: u128,
        tasks_alive: usize,
        log_is_closed: bool,
    }

    /// An office with these mails and tasks beside its own, which is shut down a moment later.
    async fn ended_with(
        office: &Arc<Office>,
        mails: &[u64],
        grace: u64,
        more: impl FnOnce(&mut JoinSet<()>),
    ) -> Ended {
        let mut tasks = start(office);
        more(&mut tasks);
        for milliseconds in mails {
            let accepted = office.submit(mail(*milliseconds)).is_ok();
            assert!(accepted, "the office refused a mail before its shutdown");
        }
        sleep(Duration::from_millis(1)).await;
        let start = Instant::now();
        let ending = shutdown(office, tasks, Duration::from_millis(grace));
        let back = timeout(Duration::from_secs(3_600), ending).await;
        assert!(
            back.is_ok(),
            "shutdown didn't end within an hour, with {grace} ms of grace"
        );
        let back = back.unwrap_or_default();
        Ended {
            sent: office.bytes_sent.load(Relaxed) / 1_000,
            back: back.iter().map(|mail| mail.0.as_millis() as u64).collect(),
            after: start.elapsed().as_millis(),
            tasks_alive: Handle::current().metrics().num_alive_tasks(),
            log_is_closed: office.log_is_closed.load(Relaxed),
        }
    }

    async fn ended(office: &Arc<Office>, mails: &[u64], grace: u64) -> Ended {
        ended_with(office, mails, grace, |_| ()).await
    }

    fn end(mails: &[u64], grace: u64) -> Ended {
        runtime().block_on(ended(&Arc::default(), mails, grace))
    }

    fn expected(sent: usize, back: &[u64], after: u128) -> Ended {
        Ended {
            sent,
            back: back.to_vec(),
            after,
            tasks_alive: 0,
            log_is_closed: true,
        }
    }

    #[measuring::test]
    fn an_office_without_mails_ends_at_once() {
        assert_gives(
            "no mail, 1 s of grace",
            &end(&[], 1_000),
            &expected(0, &[], 5),
        );
    }

    #[measuring::test]
    fn promised_mails_are_sent_and_no_longer_waited_for() {
        let came = end(&[101, 200, 300], 1_000);
        let what = "mails of 101, 200 and 300 ms, 1 s of grace";
        assert_gives(what, &came, &expected(3, &[], 600));
        let came = end(&[600, 700], 1_000);
        let what = "mails of 600 and 700 ms, 1 s of grace";
        assert_gives(what, &came, &expected(1, &[700], 1_000));
    }

    #[measuring::test]
    fn when_time_is_over_the_rest_is_handed_back_in_order() {
        let mails = [301, 302, 303, 305, 304, 304, 306];
        let came = end(&mails, 1_000);
        let what = "mails of 301 to 306 ms, 1 s of grace";
        assert_gives(what, &came, &expected(3, &mails[3..], 1_000));
        let mails: Vec<u64> = (0..300).map(|number| 10 + number * 37 % 100).collect();
        let came = end(&mails, 5_000);
        let spent = mails.iter().scan(0, |spent, mail| {
            *spent += mail;
            Some(*spent)
        });
        let sent = spent.take_while(|spent| *spent <= 5_000).count();
        let what = "300 mails of 10 to 109 ms, 5 s of grace";
        assert_gives(what, &came, &expected(sent, &mails[sent..], 5_000));
    }

    #[measuring::test]
    fn a_mail_that_never_ends_is_handed_back() {
        let came = end(&[YEAR, 20], 1_000);
        let what = "mails of a year and of 20 ms, 1 s of grace";
        assert_gives(what, &came, &expected(0, &[YEAR, 20], 1_000));
    }

    #[measuring::test]
    fn without_grace_no_mail_is_lost_either() {
        let ended = end(&[50, 60], 0);
        let came = (ended.sent, ended.back, ended.tasks_alive, ended.after <= 1);
        let what = "mails of 50 and 60 ms, no grace: sent, back, tasks, at once";
        assert_gives(what, &came, &(0, vec![50, 60], 0, true));
    }

    /// Other tasks that never end share the grace period, however many they are.
    #[measuring::test]
    fn all_tasks_share_the_grace_period() {
        let never = |tasks: &mut JoinSet<()>| {
            for _ in 0..20 {
                tasks.spawn(std::future::pending());
            }
        };
        let office = Arc::default();
        let came = runtime().block_on(ended_with(&office, &[200, 900], 1_000, never));
        let what = "mails of 200 and 900 ms, twenty tasks that never end, 1 s of grace";
        assert_gives(what, &came, &expected(1, &[900], 1_000));
    }

    #[measuring::test]
    fn a_task_that_panics_costs_the_others_no_time() {
        let panics = |tasks: &mut JoinSet<()>| {
            for milliseconds in [0, 50] {
                tasks.spawn(async move {
                    sleep(Duration::from_millis(milliseconds)).await;
                    // A panic without the message that it would print.
                    resume_unwind(Box::new(()));
                });
            }
        };
        let office = Arc::default();
        let came = runtime().block_on(ended_with(&office, &[200, 300], 1_000, panics));
        let what = "mails of 200 and 300 ms, two tasks that panic, 1 s of grace";
        assert_gives(what, &came, &expected(2, &[], 499));
    }

    #[measuring::test]
    fn no_mail_is_accepted_from_the_beginning() {
        runtime().block_on(async {
            let office = Arc::<Office>::default();
            let client = Arc::clone(&office);
            let late = async move {
                let mut refused = vec![];
                for milliseconds in [2, 98] {
                    sleep(Duration::from_millis(milliseconds)).await;
                    refused.push(client.submit(mail(10)).is_err());
                }
                refused
            };
            let (ended, late) = tokio::join!(ended(&office, &[500], 1_000), late);
            let what = "a mail of 500 ms, 1 s of grace, and a client that goes on";
            assert_gives(what, &ended, &expected(1, &[], 499));
            let what = "mails refused during the grace period, after 1 and 99 ms";
            assert_gives(what, &late, &vec![true, true]);
            let refused = office.submit(mail(10)).is_err();
            assert!(refused, "a mail was accepted after shutdown");
        });
    }

    #[measuring::test]
    fn no_task_holds_the_office_in_the_end() {
        runtime().block_on(async {
            let office = Arc::default();
            ended(&office, &[YEAR], 1_000).await;
            let owners = Arc::strong_count(&office);
            assert_gives("owners of the office after shutdown", &owners, &1);
        });
    }

    #[measuring::test]
    fn a_client_who_stays_keeps_no_mails() {
        let runtime = runtime();
        let (office, back) = BUDGET.live(1_024).assert_holds_in_process(|| {
            runtime.block_on(async {
                let office = Arc::<Office>::default();
                let tasks = start(&office);
                for _ in 0..1_000 {
                    let _ = office.submit(Mail(Duration::from_millis(YEAR), vec![]));
                }
                let back = shutdown(&office, tasks, black_box(Duration::from_secs(1))).await;
                (office, back.len())
            })
        });
        assert_gives("mails of 1,000 that come back", &back, &1_000);
        let left = office.promised().len();
        assert_gives("mails that the office keeps", &left, &0);
    }

    #[measuring::test]
    fn nothing_is_left_of_twenty_offices() {
        let runtime = runtime();
        let budget = Budget::of("shutdown").live(1_024);
        budget.assert_holds(|| {
            runtime.block_on(async {
                for _ in 0..20 {
                    let office = Arc::default();
                    black_box(ended(&office, &[100, YEAR], 1_000).await);
                }
            });
        });
    }
}
