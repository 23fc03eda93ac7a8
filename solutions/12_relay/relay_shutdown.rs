//! A relay is told to end. Each connection is a task, and there are ten thousand. Most end when
//! they are asked to, some have to send something first, some hang, and one in a thousand panics.
//! `wind_down` asks them, waits for at most the grace period (an hour or less) and no longer than
//! they take, and ends the rest by force. Of three sessions that end, panic and hang, it returns
//! `(1, 1, 1)`. A panic counts as one, however late. When it returns, no task is left.
//!
//! Each result is counted and dropped. An abort is a request, too: a task is gone when it has been
//! joined.
//!
//! | measure                          |  budget | why                                           |
//! |----------------------------------|--------:|-----------------------------------------------|
//! | allocations, 1,000 sessions      |   2,200 | two for each that is started, and the runtime |
//! | peak, 1,000 sessions             | 600,000 | their tasks, and the runtime                  |
//! | allocations, winding down 70,000 |      20 | the list of those that are ended by force     |
//! | bytes, winding down 70,000       |   4,096 | nothing is kept of each session               |
//! | live, in both                    |       0 | no task is left                               |

#![forbid(unsafe_code)]

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Asks all sessions to end, and aborts those that haven't after the grace period. Returns how many
/// ended by themselves, how many by a panic, and how many by force.
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

const BUDGET: measuring::Budget = measuring::Budget::of("relay_shutdown")
    .allocations(2_200)
    .peak(600_000)
    .live(0);

fn main() {
    let sessions = sample(1_000);
    // The first runtime of a process leaves a few tables behind.
    a_shutdown(&[], 0);
    measuring::show(BUDGET, || a_shutdown(&sessions, 1_000));
}

/// So many sessions: most end at once, ten need some time, nine hang, eleven panic.
fn sample(count: usize) -> Vec<At> {
    let of = |at: usize| match at {
        0..9 => At::Never,
        9 => At::PanicInTheEnd,
        10..20 => At::Panic,
        20..30 => At::Later(at as u64),
        _ => At::Once,
    };
    (0..count).map(of).collect()
}

/// When a session ends that is asked to: at once, after so many milliseconds, never; or it panics:
/// unasked, or when it is dropped by force.
#[derive(Clone, Copy)]
enum At {
    Once,
    Later(u64),
    Never,
    Panic,
    PanicInTheEnd,
}

async fn session(stop: tokio_util::sync::CancellationToken, at: At) {
    /// The same as a panic, without a word on the terminal.
    struct PanicsWhenDropped;
    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new(()));
        }
    }
    match at {
        At::Panic => drop(PanicsWhenDropped),
        At::PanicInTheEnd => {
            let _held = PanicsWhenDropped;
            std::future::pending().await
        }
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
    let stop = tokio_util::sync::CancellationToken::new();
    let mut tasks = tokio::task::JoinSet::new();
    for at in sessions {
        tasks.spawn(session(stop.clone(), *at));
    }
    tokio::task::yield_now().await;
    let start = tokio::time::Instant::now();
    let ending = wind_down(&stop, &mut tasks, std::time::Duration::from_millis(grace));
    let ended = tokio::time::timeout(std::time::Duration::from_secs(7_200), ending).await;
    let ended = ended.expect("wind_down ends within two hours of the runtime's clock");
    (ended, start.elapsed().as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::runtime::{Builder, Runtime};
    use tokio::task::{JoinSet, yield_now};
    use tokio::time::{Instant, sleep, timeout as within};
    use tokio_util::sync::CancellationToken;

    const ALONE: Budget = Budget::of("relay_shutdown")
        .allocations(20)
        .bytes(4_096)
        .live(0);
    const HOUR: Duration = Duration::from_secs(3_600);

    /// Ended by themselves, by a panic, by force; and after how many milliseconds.
    #[track_caller]
    fn assert_ends(what: &str, of: &[At], grace: u64, expected: ((usize, usize, usize), u128)) {
        awaiting("wind_down of a few sessions");
        let what = format_args!("{what}, with {grace} ms of grace: (ended, panicked, forced), ms");
        assert_gives(what, &a_shutdown(of, grace), &expected);
    }

    #[measuring::test]
    fn nothing_is_waited_for_when_all_have_ended() {
        assert_ends(
            "10 that end at once",
            &[At::Once; 10],
            1_000,
            ((10, 0, 0), 0),
        );
        assert_ends("no session", &[], 1_000, ((0, 0, 0), 0));
    }

    #[measuring::test]
    fn sessions_are_given_the_time_they_need() {
        let of = [At::Later(300), At::Once, At::Later(700), At::Later(20)];
        assert_ends("sessions of at most 700 ms", &of, 1_000, ((4, 0, 0), 700));
        let hour = HOUR.as_millis();
        let of = [At::Later(hour as u64 - 1), At::Once, At::Never];
        assert_ends("one of nearly an hour", &of, hour as u64, ((2, 0, 1), hour));
    }

    #[measuring::test]
    fn after_the_grace_period_the_rest_is_ended() {
        let of = [
            At::Never,
            At::Once,
            At::Later(999),
            At::Never,
            At::Later(1_001),
        ];
        assert_ends("two of five end in time", &of, 1_000, ((2, 0, 3), 1_000));
        assert_ends("50 that hang", &[At::Never; 50], 1_000, ((0, 0, 50), 1_000));
        let of: Vec<_> = (1..=40).map(|at| At::Later(30 * at)).collect();
        assert_ends(
            "40 that end one after the other",
            &of,
            610,
            ((20, 0, 20), 610),
        );
    }

    #[measuring::test]
    fn a_panic_is_counted_and_the_others_are_waited_for() {
        let of = [At::Panic, At::Later(5), At::Panic, At::Once, At::Panic];
        assert_ends("3 of 5 panic", &of, 1_000, ((2, 3, 0), 5));
        assert_ends(
            "one panics, one hangs",
            &[At::Panic, At::Never],
            50,
            ((0, 1, 1), 50),
        );
        let of = [At::PanicInTheEnd, At::Never, At::Once];
        assert_ends("one panics when it is dropped", &of, 50, ((1, 1, 1), 50));
    }

    #[measuring::test]
    fn without_grace_all_end_at_once() {
        let (ended, after) = a_shutdown(&[At::Never, At::Later(9)], 0);
        assert_gives("two that need time, with no grace", &ended, &(0, 0, 2));
        assert_gives("more than a millisecond has passed", &(after > 1), &false);
    }

    fn runtime() -> Runtime {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build();
        runtime.expect("a runtime of one thread can be built")
    }

    /// Sessions hold what only they can free; one of them is slow to notice that it is to end.
    #[measuring::test]
    fn no_session_is_left_and_nothing_that_it_held() {
        awaiting("wind_down of five sessions");
        runtime().block_on(async {
            let (stop, mut tasks, held) = (CancellationToken::new(), JoinSet::new(), Arc::new(()));
            let hour = HOUR.as_millis() as u64;
            for at in [
                At::Once,
                At::Never,
                At::Panic,
                At::Later(10),
                At::Later(hour),
            ] {
                let (held, stop) = (held.clone(), stop.clone());
                tasks.spawn(async move {
                    let _held = held;
                    session(stop, at).await;
                });
            }
            yield_now().await;
            let ended = within(HOUR, wind_down(&stop, &mut tasks, Duration::from_secs(1))).await;
            assert_gives("(ended, panicked, forced) of five", &ended, &Ok((2, 1, 2)));
            assert_gives("tasks to be joined", &tasks.len(), &0);
            assert_gives(
                "sessions that hold something",
                &(Arc::strong_count(&held) - 1),
                &0,
            );
            let metrics = tokio::runtime::Handle::current().metrics();
            assert_gives("tasks that are alive", &metrics.num_alive_tasks(), &0);
        });
    }

    #[measuring::test]
    fn sessions_are_asked_before_they_are_waited_for() {
        awaiting("wind_down of one session");
        runtime().block_on(async {
            let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
            let (asked, seen) = tokio::sync::oneshot::channel();
            let token = stop.clone();
            tasks.spawn(async move {
                token.cancelled().await;
                let _ = asked.send(Instant::now());
                sleep(Duration::from_millis(100)).await;
                std::panic::resume_unwind(Box::new("while it ended"));
            });
            let start = Instant::now();
            let ended = within(HOUR, wind_down(&stop, &mut tasks, Duration::from_secs(1))).await;
            assert_gives("(ended, panicked, forced) of one", &ended, &Ok((0, 1, 0)));
            let after = seen.await.map(|asked| asked - start);
            assert_gives("when the session was asked", &after, &Ok(Duration::ZERO));
            assert_gives("the token is cancelled", &stop.is_cancelled(), &true);
        });
    }

    /// The relay winds down in a task of a runtime with several threads.
    #[measuring::test]
    fn it_may_go_to_another_thread() {
        fn fits<T: Send>(_: T) {}
        fits(wind_down(
            &CancellationToken::new(),
            &mut JoinSet::new(),
            HOUR,
        ));
    }

    #[measuring::test]
    fn a_thousand_sessions_stay_in_budget() {
        // The first runtime of a process leaves a few tables behind.
        drop(Builder::new_current_thread().enable_all().build());
        let sessions = sample(1_000);
        let shutdown = || a_shutdown(black_box(&sessions), 1_000);
        let ended = BUDGET.assert_holds_in_process(shutdown);
        assert_gives(
            "1,000 sessions, and milliseconds",
            &ended,
            &((980, 11, 9), 1_000),
        );
    }

    #[measuring::test]
    fn winding_down_keeps_nothing_of_a_session() {
        awaiting("wind_down of 70,000 sessions");
        for count in [1_000, 70_000] {
            let (runtime, stop, mut tasks) = (runtime(), CancellationToken::new(), JoinSet::new());
            runtime.block_on(async {
                for at in sample(count) {
                    tasks.spawn(session(stop.clone(), at));
                }
                // The runtime begins a few dozen of them at a time.
                for _ in 0..=count / 20 {
                    yield_now().await;
                }
            });
            let ended = ALONE.assert_holds(|| {
                let ending = wind_down(&stop, black_box(&mut tasks), Duration::from_secs(1));
                runtime.block_on(async { within(HOUR, ending).await })
            });
            assert_gives(
                "(ended, panicked, forced)",
                &ended,
                &Ok((count - 20, 11, 9)),
            );
        }
    }
}
