//! A process of its own for one test.

use std::collections::BTreeSet;
use std::env;
use std::panic::resume_unwind;
use std::process::{Command, Output};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crate::in_time::RUNNING_AGAIN;

/// Set in the child, to the name of the test that it runs.
pub(crate) const ALONE: &str = "HEAPWISE_ALONE";
/// What the child prints when it got as far as the body.
const RAN: &str = "ran alone:";

/// Whether no other test runs in this process. With one test thread, libtest runs tests on the main thread.
pub(crate) fn is_alone() -> bool {
    env::var_os(ALONE).is_some() || thread::current().name() == Some("main")
}

/// The harness runs every test on a thread of its own, and its main thread allocates a little before it goes to sleep
/// until the test is done. It needs microseconds for that; a process region must begin afterwards.
pub(crate) fn settle() {
    static SETTLED: Once = Once::new();
    SETTLED.call_once(|| thread::sleep(Duration::from_millis(100)));
}

/// Runs the test on this thread again, alone in a process of its own; once, however often it is called.
///
/// # Panics
///
/// Where it fails there. What it said is said here, and no more.
#[track_caller]
pub(crate) fn run_again() {
    static PASSED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let passed = || PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = thread::current();
    let test = thread.name().expect("a test's thread has its name");
    if passed().contains(test) {
        return;
    }
    RUNNING_AGAIN.fetch_add(1, SeqCst);
    let output = start_again(test);
    RUNNING_AGAIN.fetch_sub(1, SeqCst);
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr).trim());
        resume_unwind(Box::new("failed when it ran alone"));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("1 passed"),
        "no test is called {test:?} here; call it on a test's own thread"
    );
    passed().insert(test.to_owned());
}

fn start_again(test: &str) -> Output {
    let binary = env::current_exe().expect("a running test binary knows where it is");
    Command::new(binary)
        .args([
            test,
            "--exact",
            "--nocapture",
            "--test-threads=1",
            "--include-ignored",
        ])
        .env(ALONE, test)
        .output()
        .expect("a test binary can be started again")
}

/// Runs a test's body in a process of its own, so that no other test is counted with it.
///
/// `test` is the test's full name, as `cargo test` prints it. The test binary is started again for that test alone;
/// in that process, the body runs.
///
/// ```no_run
/// # // Not run: a doc test is not started by the test harness.
/// #[test]
/// fn two_workers_share_one_buffer() {
///     measuring::alone("two_workers_share_one_buffer", || {
///         let (_, cost) = measuring::heap_of_process(|| { /* start threads, join them */ });
///         assert!(cost.allocations <= 20);
///     });
/// }
/// ```
///
/// # Panics
///
/// Where the body panics, with what it printed; and where the binary has no test of that name.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    if env::var(ALONE).is_ok_and(|name| name == test) {
        println!("{RAN} {test}");
        settle();
        return body();
    }
    let output = start_again(test);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains(RAN),
        "no test is called {test:?} here; give `alone` the full name that `cargo test` prints"
    );
    if !output.status.success() {
        let complained = String::from_utf8_lossy(&output.stderr);
        panic!("{test}, alone in its process, failed:\n{said}{complained}");
    }
}
