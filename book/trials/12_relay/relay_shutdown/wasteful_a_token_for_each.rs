//! Makes a token for each session.

#![forbid(unsafe_code)]

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Asks all sessions to end, and ends those by force that haven't after the grace period. How many ended by themselves,
/// how many by a panic, and how many by force.
pub async fn wind_down(
    stop: &CancellationToken,
    sessions: &mut JoinSet<()>,
    grace: Duration,
) -> (usize, usize, usize) {
    stop.cancel();
    let deadline = Instant::now() + grace;
    let (mut ended, mut handles) = ((0, 0, 0), std::collections::VecDeque::new());
    handles.extend(std::iter::repeat_with(|| Box::new(stop.child_token())).take(sessions.len()));
    loop {
        let next = timeout_at(deadline, sessions.join_next()).await;
        match next {
            Ok(None) => return ended,
            Ok(Some(Ok(()))) => ended.0 += 1,
            Ok(Some(Err(error))) if error.is_panic() => ended.1 += 1,
            Ok(Some(Err(_))) => ended.2 += 1,
            Err(_) => break,
        }
    }
    sessions.abort_all();
    while let Some(session) = sessions.join_next().await {
        match session {
            Ok(()) => ended.0 += 1,
            Err(error) if error.is_panic() => ended.1 += 1,
            Err(_) => ended.2 += 1,
        }
    }
    ended
}
