//! A test's leak guard.

use std::time::Duration;

use measuring::{heap, heap_of_process};
use tokio::runtime::{Runtime, RuntimeFlavor};

use crate::{Census, Checkpoint, Leftovers};

/// Says what a piece of work leaves behind, or fails where it leaves anything: live bytes, tasks, tracked values.
///
/// The work is run twice and only the second run is judged. What the first leaves is often no leak: a table that
/// grew, a buffer that a runtime keeps. What the second leaves, every run leaves.
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
/// use leak_avoidance::LeakGuard;
/// measuring::install!();
///
/// #[derive(Default)]
/// struct Node {
///     next: RefCell<Option<Rc<Node>>>,
/// }
///
/// let guard = LeakGuard::of("a ring of one");
/// let left = guard.left_by(|| {
///     let node = Rc::new(Node::default());
///     *node.next.borrow_mut() = Some(node.clone());
/// });
/// assert!(left.bytes > 0);
///
/// guard.assert_nothing_left_by(|| {
///     let node = Rc::new(Node::default());
///     *node.next.borrow_mut() = Some(Rc::new(Node::default()));
/// });
/// ```
///
/// It needs the meter in its binary (`measuring::install!()`). Make runtimes and servers that outlive the work before
/// it, outside of the closure.
#[derive(Clone, Debug)]
#[must_use = "a guard does nothing until it is given work"]
pub struct LeakGuard {
    name: &'static str,
    values: Vec<Census>,
    allowed: i64,
    patience: Duration,
}

impl LeakGuard {
    /// A guard that allows nothing and waits a second for tasks to end. The name is for its report.
    pub const fn of(name: &'static str) -> Self {
        Self {
            name,
            values: Vec::new(),
            allowed: 0,
            patience: Duration::from_secs(1),
        }
    }

    /// Watches these values too.
    pub fn values(mut self, census: &Census) -> Self {
        self.values.push(census.clone());
        self
    }

    /// Allows so many bytes: a collection outside of the work may have grown.
    pub fn allowing(mut self, bytes: i64) -> Self {
        self.allowed = bytes;
        self
    }

    /// How long tasks and other threads have to end after the work.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What `work` leaves behind on this thread.
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed.
    #[track_caller]
    pub fn left_by(&self, mut work: impl FnMut()) -> Leftovers {
        let mut run = || {
            let start = self.checkpoint(Checkpoint::here());
            let ((), cost) = heap(&mut work);
            self.judged(&start, cost.live)
        };
        let _warm = run();
        run()
    }

    /// What `work` leaves behind on all threads of the process; tasks of a runtime are not looked at. Wrap the test
    /// in [`measuring::alone`], or what other tests do is counted too.
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed.
    #[track_caller]
    pub fn left_in_process_by(&self, mut work: impl FnMut()) -> Leftovers {
        let mut run = || {
            let start = self.checkpoint(Checkpoint::here());
            let (_, cost) = heap_of_process(|| {
                let with_bytes = start.clone().bytes_counted_already(self.allowed);
                work();
                with_bytes.settles_blocking(self.patience)
            });
            self.judged(&start, cost.live)
        };
        let _warm = run();
        run()
    }

    /// What the work leaves behind on a runtime: tasks that haven't ended when patience is at its end, values,
    /// bytes.
    ///
    /// On a current-thread runtime this thread's bytes are counted, and exact. On a multi-threaded one those of the
    /// process are: wrap the test in [`measuring::alone`].
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed, and on a runtime whose timer isn't enabled.
    #[track_caller]
    pub fn left_on(&self, runtime: &Runtime, mut work: impl AsyncFnMut()) -> Leftovers {
        let mut run = || {
            let start = self.checkpoint(Checkpoint::on(runtime.handle()));
            let mut work_and_wait = |start: &Checkpoint| {
                runtime.block_on(async {
                    work().await;
                    start.settles(self.patience).await
                })
            };
            let (_, cost) = match runtime.handle().runtime_flavor() {
                RuntimeFlavor::CurrentThread => heap(|| work_and_wait(&start)),
                _ => heap_of_process(|| {
                    let with_bytes = start.clone().bytes_counted_already(self.allowed);
                    work_and_wait(&with_bytes)
                }),
            };
            self.judged(&start, cost.live)
        };
        let _warm = run();
        run()
    }

    /// [`left_by`](LeakGuard::left_by), which must be nothing.
    ///
    /// # Panics
    ///
    /// Where something is left, with what it is; and where the meter isn't installed.
    #[track_caller]
    pub fn assert_nothing_left_by(&self, work: impl FnMut()) {
        self.assert_nothing(&self.left_by(work));
    }

    /// [`left_in_process_by`](LeakGuard::left_in_process_by), which must be nothing.
    ///
    /// # Panics
    ///
    /// Where something is left, with what it is; and where the meter isn't installed.
    #[track_caller]
    pub fn assert_nothing_left_in_process_by(&self, work: impl FnMut()) {
        self.assert_nothing(&self.left_in_process_by(work));
    }

    /// [`left_on`](LeakGuard::left_on), which must be nothing.
    ///
    /// # Panics
    ///
    /// Where something is left, with what it is; where the meter isn't installed; and on a runtime whose timer isn't
    /// enabled.
    #[track_caller]
    pub fn assert_nothing_left_on(&self, runtime: &Runtime, work: impl AsyncFnMut()) {
        self.assert_nothing(&self.left_on(runtime, work));
    }

    /// Made before the region is opened and dropped behind it, so that its own allocations aren't counted.
    fn checkpoint(&self, start: Checkpoint) -> Checkpoint {
        self.values.iter().fold(start, Checkpoint::values)
    }

    fn judged(&self, start: &Checkpoint, live: i64) -> Leftovers {
        let bytes = if live > self.allowed { live } else { 0 };
        Leftovers {
            bytes,
            ..start.left()
        }
    }

    #[track_caller]
    fn assert_nothing(&self, left: &Leftovers) {
        assert!(left.is_nothing(), "{}", self.complaint(left));
    }

    fn complaint(&self, left: &Leftovers) -> String {
        let mut complaint = format!("left behind by {}: {left}", self.name);
        if left.tasks > 0 {
            complaint += "\ntasks: dropping a JoinHandle detaches it. Own the task through a JoinSet or an \
                AbortOnDropHandle, or cancel it by a token and wait.";
        }
        for (name, _) in &left.values {
            complaint += &format!(
                "\n{name}: look for a collection that is never pruned, a guard that is kept, a cycle of Rc or Arc."
            );
        }
        if left.bytes > 0 {
            complaint += "\nbytes: `cargo test` with dhat's profiler shows who asked for what is live at the end.";
        }
        complaint
    }
}
