//! A post office sends one mail after another. `submit` promises a mail, which stays in a list
//! until it is sent. A second task keeps a log.
//!
//! `shutdown` asks first: the token makes `submit` refuse, and both tasks end when they are done.
//! After the grace period it aborts the rest and waits until no task is left. Then it moves the
//! unsent mails out of the list, with the list's capacity.
//!
//! | measure | budget    | why                                                               |
//! |---------|----------:|-------------------------------------------------------------------|
//! | bytes   | 1,200,000 | 1,000 mails of 1,000 bytes, the list, two tasks                   |
//! | live    |        32 | the mails were handed back and dropped; the office existed before |
//! | live    |     2,048 | the same, with the office made in the measured code               |

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
    let all_have_ended = async { while tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(grace, all_have_ended).await;
    tasks.shutdown().await;
    std::mem::take(&mut *office.promised()).into()
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("shutdown").bytes(1_200_000).live(32);

fn main() {
    let (runtime, office) = (runtime(), std::sync::Arc::default());
    measuring::show(BUDGET, || restart(&runtime, &office, 1_000));
}

/// An office is started, takes in so many mails that are never sent, and is shut down. Returns how many it hands back.
fn restart(
    runtime: &tokio::runtime::Runtime,
    office: &std::sync::Arc<Office>,
    mails: u64,
) -> usize {
    const YEAR: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 3_600);
    runtime.block_on(async {
        let tasks = start(office);
        for number in 0..mails {
            let _ = office.submit(Mail(YEAR, vec![number as u8; 1_000]));
        }
        tokio::task::yield_now().await;
        let back = shutdown(office, tasks, std::time::Duration::from_secs(1)).await;
        back.len()
    })
}

/// On this thread, with a clock that jumps to the next timer instead of waiting for it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("it needs neither threads nor sockets")
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Mail, Office, restart, runtime, shutdown, start};
    use measuring::{assert_gives, assert_work, awaiting};
    use std::future::{Future as _, poll_fn};
    use std::panic::resume_unwind;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::Ordering::Relaxed;
    use std::task::Poll;
    use std::time::Duration;
    use tokio::runtime::Handle;
    use tokio::task::JoinSet;
    use tokio::time::{Instant, sleep, timeout};

    const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

    /// Its text begins with `number`.
    fn mail(number: usize, milliseconds: u64) -> Mail {
        let mut text = vec![b'm'; 1_000];
        text[..8].copy_from_slice(&(number as u64).to_le_bytes());
        Mail(Duration::from_millis(milliseconds), text)
    }

    #[derive(Debug, PartialEq)]
    struct Ended {
        sent: usize,
        /// The numbers of the mails that were handed back.
        back: Vec<u64>,
        after_ms: u128,
        tasks_alive: usize,
        log_is_closed: bool,
    }

    fn expected(sent: usize, back: std::ops::Range<u64>, after_ms: u128) -> Ended {
        Ended {
            sent,
            back: back.collect(),
            after_ms,
            tasks_alive: 0,
            log_is_closed: true,
        }
    }

    /// How a shutdown of these tasks ends. A millisecond passes before it.
    async fn ended(office: &Arc<Office>, tasks: JoinSet<()>, grace: Duration) -> Ended {
        sleep(Duration::from_millis(1)).await;
        let start = Instant::now();
        awaiting("shutdown, which perhaps blocks the thread or holds a lock that a task needs");
        let ending = timeout(
            grace + Duration::from_secs(60),
            shutdown(office, tasks, grace),
        );
        let Ok(back) = ending.await else {
            panic!(
                "shutdown: expected an end within a grace period of {grace:?}, came none in a minute more"
            );
        };
        let number = |mail: Arc<Mail>| u64::from_le_bytes(*mail.1.first_chunk().unwrap());
        Ended {
            sent: office.bytes_sent.load(Relaxed) / 1_000,
            back: back.into_iter().map(number).collect(),
            after_ms: start.elapsed().as_millis(),
            tasks_alive: Handle::current().metrics().num_alive_tasks(),
            log_is_closed: office.log_is_closed.load(Relaxed),
        }
    }

    fn started(office: &Arc<Office>, mails: &[u64]) -> JoinSet<()> {
        let tasks = start(office);
        for (number, milliseconds) in mails.iter().enumerate() {
            let taken_in = office.submit(mail(number, *milliseconds)).is_ok();
            assert_gives("a mail before shutdown is taken in", &taken_in, &true);
        }
        tasks
    }

    /// Shuts down an office that has mails which take so many milliseconds, and these tasks besides its own.
    fn end(mails: &[u64], grace: u64, more: impl FnOnce(&Arc<Office>, &mut JoinSet<()>)) -> Ended {
        runtime().block_on(async {
            let office = Arc::default();
            let mut tasks = started(&office, mails);
            more(&office, &mut tasks);
            ended(&office, tasks, Duration::from_millis(grace)).await
        })
    }

    #[track_caller]
    fn assert_ends(mails: &[u64], grace: u64, expected: Ended) {
        let first = &mails[..mails.len().min(5)];
        let count = mails.len();
        let what = format_args!("{count} mails that take {first:?} ms, {grace} ms of grace");
        assert_gives(what, &end(mails, grace, |_, _| {}), &expected);
    }

    #[measuring::test]
    fn promised_mails_are_sent_and_then_nothing_is_waited_for() {
        for grace in [10, 1_000, 1_000_000] {
            assert_ends(&[], grace, expected(0, 0..0, 5));
        }
        assert_ends(&[101, 200, 300], 1_000, expected(3, 0..0, 600));
        assert_ends(&[3_001], 5_000, expected(1, 0..0, 3_000));
        assert_ends(&[11; 1_000], YEAR, expected(1_000, 0..0, 10_999));
    }

    #[measuring::test]
    fn when_time_is_over_the_rest_is_handed_back_in_order() {
        let mails = [301, 302, 303, 304, 305];
        assert_ends(&mails, 1_000, expected(3, 3..5, 1_000));
        assert_ends(&mails, 100, expected(0, 0..5, 100));
        assert_ends(&mails, 1_300, expected(4, 4..5, 1_300));
        assert_ends(&[YEAR, 20], 1_000, expected(0, 0..2, 1_000));
        assert_ends(&[30; 10], 70, expected(2, 2..10, 70));
        assert_ends(&[30; 1_000], 20_000, expected(666, 666..1_000, 20_000));
    }

    #[measuring::test]
    fn without_grace_no_mail_is_lost() {
        for count in [1, 2, 10, 1_000] {
            let ended = end(&vec![50; count], 0, |_, _| {});
            let came = (ended.sent, ended.back.len(), ended.tasks_alive);
            assert_gives(
                format_args!("{count} mails, no grace"),
                &came,
                &(0, count, 0),
            );
            let most = ended.after_ms.min(1);
            assert_gives("milliseconds for no grace", &ended.after_ms, &most);
        }
    }

    #[measuring::test]
    fn no_mail_is_taken_in_from_the_beginning_of_shutdown() {
        runtime().block_on(async {
            let office = Arc::<Office>::default();
            let tasks = started(&office, &[500]);
            awaiting("shutdown, while a mail is submitted");
            let mut ending = pin!(shutdown(&office, tasks, Duration::from_secs(1)));
            let begun = poll_fn(|context| Poll::Ready(ending.as_mut().poll(context)));
            let begun = begun.await.is_ready();
            assert_gives("shutdown is over while a mail is sent", &begun, &false);
            let taken_in = office.submit(mail(1, 10)).is_ok();
            assert_gives(
                "a mail at the beginning of shutdown is taken in",
                &taken_in,
                &false,
            );
            let back = ending.await.len();
            let sent = office.bytes_sent.load(Relaxed) / 1_000;
            assert_gives("mails sent and handed back", &(sent, back), &(1, 0));
            let taken_in = office.submit(mail(1, 10)).is_ok();
            assert_gives("a mail after shutdown is taken in", &taken_in, &false);
        });
    }

    #[measuring::test]
    fn a_task_that_panics_takes_no_time_from_the_others() {
        let ended = end(&[101, 200, 300], 1_000, |_, tasks| {
            for milliseconds in [0, 3, 150, 400] {
                tasks.spawn(async move {
                    sleep(Duration::from_millis(milliseconds)).await;
                    // A panic without its message.
                    resume_unwind(Box::new("a task panics"));
                });
            }
            tasks.spawn(std::future::pending()).abort();
        });
        let what = "3 mails that take 600 ms, 1,000 ms of grace, and tasks that panic";
        assert_gives(what, &ended, &expected(3, 0..0, 600));
    }

    #[measuring::test]
    fn any_number_of_tasks_is_ended() {
        for count in [1, 10, 300] {
            let quick = end(&[101], 1_000, |_, tasks| {
                for number in 0..count {
                    tasks.spawn(sleep(Duration::from_millis(2 * number)));
                }
            });
            let what = format_args!("{count} tasks besides the office's, each 2 ms longer");
            let last = u128::from(2 * count).saturating_sub(3).max(100);
            assert_gives(what, &quick, &expected(1, 0..0, last));
            let stuck = end(&[101, 500], 300, |_, tasks| {
                for _ in 0..count {
                    tasks.spawn(std::future::pending());
                }
            });
            let what = format_args!("{count} tasks besides the office's, which never end");
            assert_gives(what, &stuck, &expected(1, 1..2, 300));
        }
        runtime().block_on(async {
            let office = Arc::<Office>::default();
            let _ = office.submit(mail(0, 1));
            let ended = ended(&office, JoinSet::new(), Duration::from_secs(1)).await;
            let came = (ended.sent, ended.back, ended.after_ms);
            assert_gives("a mail, and no task at all", &came, &(0, vec![0], 0));
        });
    }

    /// Sends the first mail when it is dropped.
    struct LastCourier(Arc<Office>);

    impl Drop for LastCourier {
        fn drop(&mut self) {
            if let Some(mail) = self.0.promised().pop_front() {
                self.0.bytes_sent.fetch_add(mail.1.len(), Relaxed);
            }
        }
    }

    #[measuring::test]
    fn a_mail_that_is_sent_at_the_last_moment_is_not_handed_back() {
        let ended = end(&[YEAR; 10], 1_000, |office, tasks| {
            let courier = LastCourier(Arc::clone(office));
            tasks.spawn(async move {
                let _courier = courier;
                std::future::pending().await
            });
        });
        let what = "10 mails, one of them sent while its task is ended by force";
        assert_gives(what, &ended, &expected(1, 1..10, 1_000));
    }

    #[measuring::test]
    fn shutdown_sleeps_until_something_has_ended() {
        runtime().block_on(async {
            for (milliseconds, tasks_more) in [(YEAR, 0), (50_000, 0), (50_000, 100)] {
                let office = Arc::default();
                let mut tasks = started(&office, &[milliseconds]);
                for _ in 0..tasks_more {
                    tasks.spawn(sleep(Duration::from_secs(20)));
                }
                let mut polls = 0;
                let mut ending = pin!(shutdown(&office, tasks, Duration::from_secs(100)));
                awaiting("shutdown, with 100 s of grace");
                let counted = poll_fn(|context| {
                    polls += 1;
                    ending.as_mut().poll(context)
                });
                counted.await;
                let most = 10 + 4 * tasks_more;
                assert_work("polls of shutdown in 100 s", polls, most);
            }
        });
    }

    #[measuring::test]
    fn restarts_stay_in_budget() {
        for mails in [1_000, 0, 10] {
            let (runtime, office) = (runtime(), Arc::default());
            awaiting("shutdown, with mails that are never sent");
            let back = BUDGET.assert_holds_in_process(|| restart(&runtime, &office, mails));
            assert_gives("mails handed back", &back, &(mails as usize));
        }
    }

    #[measuring::test]
    fn an_office_that_a_client_still_knows_stays_in_budget() {
        let budget = measuring::Budget::of("shutdown").live(2_048);
        for mails in [1_000, 10] {
            let runtime = runtime();
            awaiting("shutdown, with mails that are never sent");
            let office = budget.assert_holds(|| {
                let office = Arc::default();
                restart(&runtime, &office, mails);
                office
            });
            let taken_in = office.submit(mail(1, 10)).is_ok();
            assert_gives("a mail after shutdown is taken in", &taken_in, &false);
        }
    }
}
