//! Ending a group of tasks within a deadline.

use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How the tasks of a group ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// By themselves.
    pub finished: usize,
    /// By a panic. What they shared may be half done.
    pub panicked: usize,
    /// By force, because they hadn't ended when patience was at its end.
    pub aborted: usize,
}

impl Ended {
    fn count<T>(&mut self, ended: Result<T, JoinError>) {
        match ended {
            Ok(_) => self.finished += 1,
            Err(error) if error.is_panic() => self.panicked += 1,
            Err(_) => self.aborted += 1,
        }
    }
}

/// Asks the tasks of a group to end, gives them time to, and then aborts the rest. When it returns, all have ended.
///
/// Awaiting is what makes it true: `abort` only asks, and a task that computes without awaiting ends when it pleases.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use std::time::Duration;
/// use leak_avoidance::{CancellationToken, wind_down};
/// use tokio::task::JoinSet;
///
/// let token = CancellationToken::new();
/// let mut tasks = JoinSet::new();
/// tasks.spawn(token.clone().cancelled_owned());
/// tasks.spawn(std::future::pending()); // doesn't listen
///
/// let ended = wind_down(&token, &mut tasks, Duration::from_millis(20)).await;
/// assert_eq!((ended.finished, ended.panicked, ended.aborted), (1, 0, 1));
/// # });
/// ```
///
/// # Panics
///
/// Where the runtime was built without its timer (`enable_time`).
// ANCHOR: wind_down
pub async fn wind_down<T: 'static>(
    token: &CancellationToken,
    tasks: &mut JoinSet<T>,
    patience: Duration,
) -> Ended {
    token.cancel();
    let mut ended = Ended::default();
    let all_ended = async {
        while let Some(task) = tasks.join_next().await {
            ended.count(task);
        }
    };
    // Whether time ran out shows in what is left in the set.
    let _ = timeout(patience, all_ended).await;
    tasks.abort_all();
    while let Some(task) = tasks.join_next().await {
        ended.count(task);
    }
    ended
}
// ANCHOR_END: wind_down
