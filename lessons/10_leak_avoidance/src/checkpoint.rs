//! What is alive now, to be compared with what is alive later.

use std::error::Error;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use measuring::grouped;
use tokio::runtime::Handle;

use crate::Census;

/// How many tasks, tracked values and bytes are alive at one moment.
///
/// They are numbers, not names: an older task that has ended since makes room for a new one that hasn't. So make a
/// checkpoint when what is alive will stay alive.
///
/// A service makes one when it has started, and at its shutdown asks for everything since to be gone:
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use std::time::Duration;
/// use leak_avoidance::{AbortOnDropHandle, Census, Checkpoint};
///
/// let sessions = Census::of("sessions");
/// let start = Checkpoint::here().values(&sessions);
///
/// let session = sessions.track("Ada");
/// let reader = AbortOnDropHandle::new(tokio::spawn(std::future::pending::<()>()));
/// let left = start.left();
/// assert_eq!(left.to_string(), "1 task, 1 of sessions");
///
/// drop((session, reader));
/// start.settled(Duration::from_secs(1)).await.expect("nothing leaks");
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoint {
    tasks: Option<(Handle, usize)>,
    values: Vec<(Census, usize)>,
    bytes: Option<Bytes>,
}

#[derive(Clone, Copy, Debug)]
struct Bytes {
    before: i64,
    allowed: i64,
}

impl Bytes {
    fn more_than_allowed(self) -> i64 {
        let more = measuring::statistics().live - self.before;
        if more > self.allowed { more } else { 0 }
    }
}

impl Checkpoint {
    /// The tasks of the runtime that this is called on; outside of a runtime, nothing yet.
    pub fn here() -> Self {
        Self::with(Handle::try_current().ok())
    }

    /// The tasks of another runtime.
    pub fn on(runtime: &Handle) -> Self {
        Self::with(Some(runtime.clone()))
    }

    fn with(runtime: Option<Handle>) -> Self {
        Self {
            tasks: runtime.map(|runtime| {
                let alive = runtime.metrics().num_alive_tasks();
                (runtime, alive)
            }),
            values: Vec::new(),
            bytes: None,
        }
    }

    /// And the values of a census.
    pub fn values(mut self, census: &Census) -> Self {
        self.values.push((census.clone(), census.alive()));
        self
    }

    /// And the live bytes of the process, of which so many more than now are no leak: a service keeps caches.
    ///
    /// Nothing stops the counting again, so this is for the whole life of a program. A test uses
    /// [`LeakGuard`](crate::LeakGuard).
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed in this binary.
    pub fn bytes(self, allowed: i64) -> Self {
        measuring::count_process();
        self.bytes_counted_already(allowed)
    }

    pub(crate) fn bytes_counted_already(mut self, allowed: i64) -> Self {
        let before = measuring::statistics().live;
        self.bytes = Some(Bytes { before, allowed });
        self
    }

    /// What is alive now and wasn't at the checkpoint.
    pub fn left(&self) -> Leftovers {
        let values = self
            .values
            .iter()
            .map(|(census, before)| (census.name(), census.alive().saturating_sub(*before)))
            .filter(|(_, more)| *more > 0);
        Leftovers {
            tasks: self.tasks_left(),
            values: values.collect(),
            bytes: self.bytes_left(),
        }
    }

    fn tasks_left(&self) -> usize {
        let left = self.tasks.as_ref().map(|(runtime, before)| {
            let alive = runtime.metrics().num_alive_tasks();
            alive.saturating_sub(*before)
        });
        left.unwrap_or(0)
    }

    fn bytes_left(&self) -> i64 {
        self.bytes.map_or(0, Bytes::more_than_allowed)
    }

    /// Whether nothing is left; allocates nothing, unlike the report.
    fn is_settled(&self) -> bool {
        let mut values = self.values.iter();
        values.all(|(census, before)| census.alive() <= *before)
            && self.tasks_left() == 0
            && self.bytes_left() == 0
    }

    /// Waits until nothing is left. A task that was told to end needs a turn of its runtime to do so.
    ///
    /// # Errors
    ///
    /// What is still alive when patience is at its end.
    ///
    /// # Panics
    ///
    /// Where the runtime was built without its timer (`enable_time`).
    pub async fn settled(&self, patience: Duration) -> Result<(), Leftovers> {
        if self.settles(patience).await {
            return Ok(());
        }
        Err(self.left())
    }

    pub(crate) async fn settles(&self, patience: Duration) -> bool {
        let mut pauses = Pauses::until(patience);
        while !self.is_settled() {
            match pauses.next() {
                Some(Duration::ZERO) => tokio::task::yield_now().await,
                Some(pause) => tokio::time::sleep(pause).await,
                None => return false,
            }
        }
        true
    }

    /// Like [`settled`](Checkpoint::settled), for a thread that may allocation. Don't call it on a runtime's own thread:
    /// the tasks that it waits for need that one.
    ///
    /// # Errors
    ///
    /// What is still alive when patience is at its end.
    pub fn settled_blocking(&self, patience: Duration) -> Result<(), Leftovers> {
        if self.settles_blocking(patience) {
            return Ok(());
        }
        Err(self.left())
    }

    pub(crate) fn settles_blocking(&self, patience: Duration) -> bool {
        let mut pauses = Pauses::until(patience);
        while !self.is_settled() {
            match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return false,
            }
        }
        true
    }
}

/// How long to wait before looking again: not at all for a while, then longer and longer, up to the deadline.
struct Pauses {
    deadline: Instant,
    looks: u32,
}

impl Pauses {
    fn until(patience: Duration) -> Self {
        let now = Instant::now();
        // A deadline that no clock reaches is one in ten years.
        let never = Duration::from_secs(10 * 365 * 24 * 60 * 60);
        Self {
            deadline: now.checked_add(patience).unwrap_or(now + never),
            looks: 0,
        }
    }
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.looks = self.looks.saturating_add(1);
        if self.looks <= 16 {
            return Some(Duration::ZERO);
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        let pause = Duration::from_millis(u64::from(self.looks - 16).min(20));
        (!left.is_zero()).then(|| pause.min(left))
    }
}

/// What is alive and should not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "leftovers are the verdict"]
pub struct Leftovers {
    /// Tasks that haven't ended.
    pub tasks: usize,
    /// Tracked values that weren't dropped: the name of their census, and how many.
    pub values: Vec<(&'static str, usize)>,
    /// Bytes that are still live. Below zero where older allocations were freed, which is no leak.
    pub bytes: i64,
}

impl Leftovers {
    /// Whether nothing was left behind.
    pub fn is_nothing(&self) -> bool {
        self.tasks == 0 && self.values.is_empty() && self.bytes <= 0
    }
}

/// What was left, on one line: `2 tasks, 1 of sessions, 4,096 bytes`.
impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return f.write_str("nothing");
        }
        let mut separator = "";
        if self.tasks > 0 {
            let plural = if self.tasks == 1 { "" } else { "s" };
            write!(f, "{} task{plural}", self.tasks)?;
            separator = ", ";
        }
        for (name, count) in &self.values {
            write!(f, "{separator}{count} of {name}")?;
            separator = ", ";
        }
        if self.bytes > 0 {
            write!(f, "{separator}{} bytes", grouped(self.bytes))?;
        }
        Ok(())
    }
}

impl Error for Leftovers {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_told_on_one_line() {
        let mut left = Leftovers::default();
        assert_eq!(
            (left.to_string().as_str(), left.is_nothing()),
            ("nothing", true)
        );
        left.bytes = -8;
        assert_eq!(
            (left.to_string().as_str(), left.is_nothing()),
            ("nothing", true)
        );
        left.bytes = 4_096;
        assert_eq!(
            (left.to_string().as_str(), left.is_nothing()),
            ("4,096 bytes", false)
        );
        left.values = vec![("sessions", 2), ("locks", 1)];
        assert_eq!(left.to_string(), "2 of sessions, 1 of locks, 4,096 bytes");
        left.tasks = 1;
        assert_eq!(
            left.to_string(),
            "1 task, 2 of sessions, 1 of locks, 4,096 bytes"
        );
    }

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 999, 1_000, -1_234_056, i64::MIN];
        let grouped = numbers.map(grouped);
        assert_eq!(grouped[..4], ["0", "999", "1,000", "-1,234,056"]);
        assert_eq!(grouped[4], "-9,223,372,036,854,775,808");
    }

    #[test]
    fn patience_ends() {
        let census = Census::of("values");
        let start = Checkpoint::here().values(&census);
        let value = census.track(());
        let begun = Instant::now();
        let left = start.settled_blocking(Duration::from_millis(30));
        assert!(begun.elapsed() >= Duration::from_millis(30));
        assert_eq!(left.unwrap_err().values, [("values", 1)]);
        drop(value);
        assert_eq!(start.settled_blocking(Duration::ZERO), Ok(()));
        assert_eq!(start.settled_blocking(Duration::MAX), Ok(()));
    }

    #[test]
    fn what_was_there_before_is_nothing_left_behind() {
        let census = Census::of("values");
        let old = census.track(());
        let start = Checkpoint::here().values(&census);
        assert!(start.left().is_nothing());
        drop(old);
        assert!(start.left().is_nothing());
    }
}
