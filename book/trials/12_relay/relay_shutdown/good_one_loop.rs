//! Has one loop, which aborts when a timer ends.

#![forbid(unsafe_code)]

use std::time::Duration;
use tokio::task::JoinSet;
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
    let timer = tokio::time::sleep(grace);
    tokio::pin!(timer);
    let mut in_time = true;
    loop {
        tokio::select! {
            biased;
            session = sessions.join_next() => match session {
                None => return ended,
                Some(Ok(())) => ended.0 += 1,
                Some(Err(error)) if error.is_panic() => ended.1 += 1,
                Some(Err(_)) => ended.2 += 1,
            },
            () = &mut timer, if in_time => {
                in_time = false;
                sessions.abort_all();
            }
        }
    }
}
