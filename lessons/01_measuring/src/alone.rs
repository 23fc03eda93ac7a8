//! A process of its own for one test.

use std::env;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Set in the child, to the name of the test that it runs.
pub(crate) const ALONE: &str = "HEAPWISE_ALONE";
/// What the child prints when it got as far as the body.
const RAN: &str = "ran alone:";

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
        // The harness runs every test on a thread of its own, and its main thread allocates a little before it goes
        // to sleep until the test is done. It needs microseconds for that; a process region must begin afterwards.
        thread::sleep(Duration::from_millis(100));
        return body();
    }
    let binary = env::current_exe().expect("a running test binary knows where it is");
    let output = Command::new(binary)
        .args([
            test,
            "--exact",
            "--nocapture",
            "--test-threads=1",
            "--include-ignored",
        ])
        .env(ALONE, test)
        .output()
        .expect("a test binary can be started again");
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
