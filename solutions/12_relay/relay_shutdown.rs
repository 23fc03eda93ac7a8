//! A relay is told to end. Each connection is a task of its own, and there are ten thousand. Most end when they are
//! asked to, some have to send something first, some hang, and one in a thousand panics. `wind_down` asks them, gives
//! them the grace period and no longer than they take, and ends the rest by force. When it returns, no task is left.
//!
//! Each result is counted and forgotten. Aborting only asks, too: a task is gone when it has been joined.
//!
//! | measure                     | budget | why                                                           |
//! |-----------------------------|--------|---------------------------------------------------------------|
//! | allocations, with 1,000 sessions |  2,200 | two for each that is begun, and the runtime                   |
//! | allocations, winding down alone  |     20 | the runtime's queue grows when all wake up at once            |
//! | bytes, winding down alone   |  4,096 | nothing is kept of each session                               |

#![forbid(unsafe_code)]

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Asks all sessions to end, and ends those by force that haven't after the grace period. How many ended by themselves,
/// how many by a panic, and how many by force.
pub async fn wind_down(
    stop: &CancellationToken,
    sessions: &mut JoinSet<()>,
    grace: Duration,
) -> (usize, usize, usize) {
    stop.cancel();
    let mut ended = (0, 0, 0);
    let _ = timeout(grace, join_all(sessions, &mut ended)).await;
    sessions.abort_all();
    join_all(sessions, &mut ended).await;
    ended
}

async fn join_all(sessions: &mut JoinSet<()>, ended: &mut (usize, usize, usize)) {
    while let Some(session) = sessions.join_next().await {
        match session {
            Ok(()) => ended.0 += 1,
            Err(error) if error.is_panic() => ended.1 += 1,
            Err(_) => ended.2 += 1,
        }
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("relay_shutdown").allocations(2_200);

fn main() {
    let sessions = sample();
    measuring::show(BUDGET, || a_shutdown(&sessions, 1_000));
}

/// A thousand sessions: most end at once, ten hang, ten panic.
fn sample() -> Vec<At> {
    let rare = |at: u64| {
        [At::Never, At::Panic, At::Later(at)]
            .into_iter()
            .nth(at as usize % 100)
    };
    (0..1_000).map(|at| rare(at).unwrap_or(At::Once)).collect()
}

/// When a session ends that is asked to: at once, after so many milliseconds, never; or it panics, unasked.
#[derive(Clone, Copy)]
enum At {
    Once,
    Later(u64),
    Never,
    Panic,
}

async fn session(stop: tokio_util::sync::CancellationToken, at: At) {
    match at {
        // The same as a panic, without a word on the terminal.
        At::Panic => std::panic::resume_unwind(Box::new(())),
        At::Never => std::future::pending().await,
        At::Once => stop.cancelled().await,
        At::Later(milliseconds) => {
            stop.cancelled().await;
            tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
        }
    }
}

/// Sessions that have begun and are wound down. How they ended, and after how many milliseconds.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn a_shutdown(sessions: &[At], grace: u64) -> ((usize, usize, usize), u128) {
    let (stop, mut tasks) = (
        tokio_util::sync::CancellationToken::new(),
        tokio::task::JoinSet::new(),
    );
    for at in sessions {
        tasks.spawn(session(stop.clone(), *at));
    }
    tokio::task::yield_now().await;
    let start = tokio::time::Instant::now();
    let ending = wind_down(&stop, &mut tasks, std::time::Duration::from_millis(grace));
    let ended = tokio::time::timeout(std::time::Duration::from_secs(3_600), ending).await;
    (
        ended.expect("it ends within the hour"),
        start.elapsed().as_millis(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::runtime::{Builder, Runtime};
    use tokio::task::JoinSet;
    use tokio::task::yield_now;
    use tokio::time::{sleep, timeout as within};
    use tokio_util::sync::CancellationToken;

    const ALONE: Budget = Budget::of("relay_shutdown")
        .allocations(20)
        .bytes(4_096)
        .live(0);
    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn who_listens_ends_by_itself_and_nobody_is_waited_for() {
        assert_eq!(a_shutdown(&[At::Once; 10], 1_000), ((10, 0, 0), 0));
        assert_eq!(a_shutdown(&[], 1_000), ((0, 0, 0), 0));
    }

    #[test]
    fn who_has_something_to_do_is_given_the_time() {
        let sessions = [At::Later(300), At::Once, At::Later(700), At::Later(20)];
        assert_eq!(a_shutdown(&sessions, 1_000), ((4, 0, 0), 700));
    }

    #[test]
    fn when_the_time_is_over_the_rest_is_ended() {
        let sessions = [
            At::Never,
            At::Once,
            At::Later(999),
            At::Never,
            At::Later(1_001),
        ];
        assert_eq!(a_shutdown(&sessions, 1_000), ((2, 0, 3), 1_000));
        assert_eq!(a_shutdown(&[At::Never; 50], 1_000), ((0, 0, 50), 1_000));
    }

    #[test]
    fn who_panics_is_counted_and_the_others_are_waited_for() {
        let sessions = [At::Panic, At::Later(5), At::Panic, At::Once, At::Panic];
        assert_eq!(a_shutdown(&sessions, 1_000), ((2, 3, 0), 5));
        assert_eq!(a_shutdown(&[At::Panic, At::Never], 50), ((0, 1, 1), 50));
    }

    #[test]
    fn without_grace_all_end_at_once() {
        let ((finished, panicked, aborted), after) = a_shutdown(&[At::Never, At::Later(9)], 0);
        assert_eq!((finished, panicked, aborted), (0, 0, 2));
        assert!(after <= 1, "timers go by whole milliseconds");
    }

    fn runtime() -> Runtime {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    }

    /// Sessions hold what only they can free; one of them is slow to notice that it is to end.
    #[test]
    fn no_session_is_left_and_nothing_that_it_held() {
        runtime().block_on(async {
            let (stop, mut tasks, held) = (CancellationToken::new(), JoinSet::new(), Arc::new(()));
            for at in [
                At::Once,
                At::Never,
                At::Panic,
                At::Later(10),
                At::Later(HOUR.as_millis() as u64),
            ] {
                let (held, stop) = (held.clone(), stop.clone());
                tasks.spawn(async move {
                    let _held = held;
                    session(stop, at).await;
                });
            }
            yield_now().await;
            let ended = within(HOUR, wind_down(&stop, &mut tasks, Duration::from_secs(1))).await;
            assert_eq!(ended.expect("it ends within the hour"), (2, 1, 2));
            assert!(tasks.is_empty(), "all have been joined");
            assert_eq!(
                Arc::strong_count(&held),
                1,
                "sessions that are still alive hold it"
            );
            let alive = tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks();
            assert_eq!(alive, 0, "tasks are alive");
        });
    }

    #[test]
    fn they_are_asked_before_they_are_waited_for() {
        runtime().block_on(async {
            let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
            let (asked, seen) = tokio::sync::oneshot::channel();
            let token = stop.clone();
            tasks.spawn(async move {
                token.cancelled().await;
                let _ = asked.send(tokio::time::Instant::now());
                sleep(Duration::from_millis(100)).await;
                std::panic::resume_unwind(Box::new("while it ended"));
            });
            let start = tokio::time::Instant::now();
            let ended = within(HOUR, wind_down(&stop, &mut tasks, Duration::from_secs(1))).await;
            assert_eq!(ended, Ok((0, 1, 0)));
            assert_eq!(seen.await.unwrap() - start, Duration::ZERO);
            assert!(stop.is_cancelled());
        });
    }

    /// The relay winds down in a task of a runtime with several threads.
    #[test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send>(_: T) {}
        fits(wind_down(
            &CancellationToken::new(),
            &mut JoinSet::new(),
            HOUR,
        ));
    }

    #[test]
    fn a_thousand_sessions_stay_in_budget() {
        let sessions = sample();
        let shutdown = || a_shutdown(black_box(&sessions), 1_000);
        assert_eq!(BUDGET.assert_holds(shutdown), ((980, 10, 10), 1_000));
    }

    #[test]
    fn winding_down_keeps_nothing_of_a_session() {
        let (runtime, stop, mut tasks) = (runtime(), CancellationToken::new(), JoinSet::new());
        runtime.block_on(async {
            for at in sample() {
                tasks.spawn(session(stop.clone(), at));
            }
            yield_now().await;
        });
        let ended = ALONE.assert_holds(|| {
            let ending = wind_down(&stop, black_box(&mut tasks), Duration::from_secs(1));
            runtime.block_on(async { within(HOUR, ending).await })
        });
        assert_eq!(ended, Ok((980, 10, 10)));
    }
}
