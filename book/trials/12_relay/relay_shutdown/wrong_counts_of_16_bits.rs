//! Counts in 16 bits.

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
    let mut ended = (0u16, 0u16, 0u16);
    let _ = timeout(grace, join_all(sessions, &mut ended)).await;
    sessions.abort_all();
    join_all(sessions, &mut ended).await;
    (ended.0.into(), ended.1.into(), ended.2.into())
}

async fn join_all(sessions: &mut JoinSet<()>, ended: &mut (u16, u16, u16)) {
    while let Some(session) = sessions.join_next().await {
        match session {
            Ok(()) => ended.0 = ended.0.wrapping_add(1),
            Err(error) if error.is_panic() => ended.1 += 1,
            Err(_) => ended.2 += 1,
        }
    }
}
