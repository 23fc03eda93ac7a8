//! Lets those run that don't listen.

use measuring::Budget;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

measuring::install_unless_part!();

const BUDGET: Budget = Budget::of("relay_shutdown").allocations(2_200);

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
    ended.2 = sessions.len();
    sessions.detach_all();
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

async fn session(stop: CancellationToken, at: At) {
    match at {
        // The same as a panic, without a word on the terminal.
        At::Panic => std::panic::resume_unwind(Box::new(())),
        At::Never => std::future::pending().await,
        At::Once => stop.cancelled().await,
        At::Later(milliseconds) => {
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
    }
}

/// Sessions that have begun and are wound down. How they ended, and after how many milliseconds.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn a_shutdown(sessions: &[At], grace: u64) -> ((usize, usize, usize), u128) {
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    for at in sessions {
        tasks.spawn(session(stop.clone(), *at));
    }
    tokio::task::yield_now().await;
    let start = tokio::time::Instant::now();
    let ending = wind_down(&stop, &mut tasks, Duration::from_millis(grace));
    let ended = tokio::time::timeout(Duration::from_secs(3_600), ending).await;
    (
        ended.expect("it ends within the hour"),
        start.elapsed().as_millis(),
    )
}
