//! A time limit for tests, so that none of them hangs.

use std::any::Any;
use std::cell::RefCell;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// How long a test may take. None of this book's takes a tenth of it.
const LIMIT: Duration = Duration::from_secs(10);
/// Names another limit in seconds, for a very slow machine.
const LIMIT_SECONDS: &str = "HEAPWISE_TEST_SECONDS";

/// Tests that run once more, alone in a process of their own, which has its own limit.
pub(crate) static RUNNING_AGAIN: AtomicUsize = AtomicUsize::new(0);

type Said = Arc<Mutex<&'static str>>;

thread_local! {
    /// What the test on this thread waits for.
    static SAID: RefCell<Option<Said>> = const { RefCell::new(None) };
}

/// Runs a test's body, and fails where it has not come to its end after ten seconds.
///
/// `#[measuring::test]` calls it. The body runs on a thread of its own, which has the test's name: the calling thread
/// waits for it, and a body that hangs is left behind. A panic in the body is passed on without a second message.
///
/// ```
/// let sum = measuring::in_time(|| (1..=10).sum::<u32>());
/// assert_eq!(sum, 55);
/// ```
///
/// # Panics
///
/// Where the body panics, and where it hangs. The message says what [`awaiting`] named last. The environment variable
/// `HEAPWISE_TEST_SECONDS` sets another limit.
pub fn in_time<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let limit = env::var(LIMIT_SECONDS).ok();
    let limit = limit.and_then(|seconds| seconds.parse().ok());
    let limit = limit.map_or(LIMIT, Duration::from_secs);
    let said = Said::default();
    let (end, ends) = mpsc::channel::<Result<T, Box<dyn Any + Send>>>();
    // Under the test's name, which goes into its verdicts.
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let says = Arc::clone(&said);
    let body = move || {
        SAID.set(Some(says));
        // The receiver is gone only if the time was up.
        let _ = end.send(catch_unwind(AssertUnwindSafe(body)));
    };
    let test = thread::Builder::new().name(name.clone()).spawn(body);
    let test = test.expect("a test can start a thread");
    loop {
        match ends.recv_timeout(limit) {
            Ok(result) => {
                // Joined, so that its thread-locals are gone before the next test counts.
                let _ = test.join();
                return result.unwrap_or_else(|panic| resume_unwind(panic));
            }
            Err(_) if RUNNING_AGAIN.load(SeqCst) > 0 => {}
            Err(_) => {
                let what = *said.lock().unwrap_or_else(PoisonError::into_inner);
                let waits = match what {
                    "" => "A loop without an end, or a lock that is never released?".to_owned(),
                    what => format!("It waits for {what}."),
                };
                panic!("{name} hangs: no end after {} s. {waits}", limit.as_secs());
            }
        }
    }
}

/// Says what a test waits for, in case that it hangs there: `awaiting("shutdown, with a hundred jobs in the queue")`.
///
/// Outside of [`in_time`] it does nothing.
pub fn awaiting(what: &'static str) {
    SAID.with_borrow(|said| {
        if let Some(said) = said {
            *said.lock().unwrap_or_else(PoisonError::into_inner) = what;
        }
    });
}
