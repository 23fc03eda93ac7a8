//! A fixed number of threads behind a bounded queue.
//!
//! The pool is generic over its jobs, so that a job that is plain data goes through the queue without an allocation of its
//! own; `Box<dyn FnOnce() + Send>` is one possible job among others. Each worker has a state that it makes when its
//! first job comes and keeps from then on.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

use crossbeam::utils::CachePadded;

use crate::sync::channel::{self, Receiver, SendError, Sender, TrySendError};
use crate::sync::{Arc, AtomicU64, RwLock, thread};

/// How a pool is set up: its threads' names, how many they are, and how many jobs may wait.
#[derive(Clone)]
pub struct Config {
    name: String,
    workers: usize,
    queue: usize,
    on_panic: std::sync::Arc<OnPanic>,
}

type OnPanic = dyn Fn(&JobPanic) + Send + Sync;

impl Config {
    /// A worker for each core that the process may use, and room for two jobs per worker.
    ///
    /// The threads are called `name-0`, `name-1` and so on. Linux shows the first 15 bytes of it.
    pub fn named(name: impl Into<String>) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            name: name.into(),
            workers,
            queue: 2 * workers,
            on_panic: std::sync::Arc::new(|_| ()),
        }
    }

    /// How many threads work. None would never finish, so zero counts as one.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// How many accepted jobs may wait for a worker. With zero, a job is accepted when a worker takes it.
    ///
    /// Room for them is allocated at once.
    pub fn queue(mut self, jobs: usize) -> Self {
        self.queue = jobs;
        self
    }

    /// Is told of every job that panics, on the worker's thread. std's panic hook has printed its message by then.
    pub fn on_panic(mut self, report: impl Fn(&JobPanic) + Send + Sync + 'static) -> Self {
        self.on_panic = std::sync::Arc::new(report);
        self
    }

    /// How many jobs can be in the workers' hands and in the queue.
    pub(crate) fn in_flight(&self) -> usize {
        self.workers.saturating_add(self.queue)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Config")
            .field("name", &self.name)
            .field("workers", &self.workers)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// A job that panicked. The worker lives on, with a new state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobPanic {
    /// The name of the thread.
    pub thread: String,
    /// What the panic said, if it said it in text.
    pub message: Option<String>,
}

impl JobPanic {
    fn new(thread: &str, payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let message = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self {
            thread: thread.to_owned(),
            message: message.map(str::to_owned),
        }
    }
}

impl fmt::Display for JobPanic {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let message = self.message.as_deref().unwrap_or("without a message");
        write!(f, "a job panicked on thread {}: {message}", self.thread)
    }
}

/// Threads that take jobs from one bounded queue.
///
/// Dropping the pool does what [`shutdown`](Pool::shutdown) does: it waits for all accepted jobs.
///
/// ```
/// use worker_pools::{Config, Pool};
///
/// let (answers, inbox) = crossbeam::channel::unbounded();
/// // Each worker compresses with a context that it makes once.
/// let pool = Pool::start(
///     Config::named("zip").workers(2).queue(8),
///     || zstd::bulk::Compressor::new(3).expect("level 3 exists"),
///     move |context, page: String| {
///         let packed = context.compress(page.as_bytes()).expect("memory suffices");
///         answers.send(packed.len()).expect("the inbox outlives the pool");
///     },
/// )?;
/// for page in ["heap ".repeat(100), "stack ".repeat(100)] {
///     pool.submit(page)?;
/// }
/// let counts = pool.shutdown();
/// assert_eq!((counts.accepted, counts.done), (2, 2));
/// assert!(inbox.iter().all(|size| size < 100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Pool<J> {
    submitter: Submitter<J>,
    workers: Vec<thread::JoinHandle<()>>,
}

/// Submits jobs to a pool from elsewhere. Cloning it takes no allocation; it doesn't keep the pool running.
pub struct Submitter<J>(Arc<Shared<J>>);

struct Shared<J> {
    /// `None` once the pool is closed.
    queue: RwLock<Option<Sender<J>>>,
    tally: Tally,
}

/// Written by several threads with every job, so each side has a cache line of its own.
#[derive(Default)]
struct Tally {
    accepted: CachePadded<AtomicU64>,
    done: CachePadded<AtomicU64>,
    panicked: AtomicU64,
    refused_full: AtomicU64,
    refused_closed: AtomicU64,
}

/// What has become of the jobs so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that the pool took. After a shutdown it is `done + panicked`.
    pub accepted: u64,
    /// Jobs that ran to their end.
    pub done: u64,
    /// Jobs that panicked.
    pub panicked: u64,
    /// Jobs handed back because the queue was full.
    pub refused_full: u64,
    /// Jobs handed back because the pool was closed.
    pub refused_closed: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            accepted,
            done,
            panicked,
            refused_full,
            refused_closed,
        } = self;
        write!(
            f,
            "{accepted} jobs accepted, {done} done, {panicked} panicked; refused: {refused_full} for want of room, \
             {refused_closed} after closing"
        )
    }
}

impl<J: Send + 'static> Pool<J> {
    /// Starts the threads.
    ///
    /// Each worker calls `make` when its first job comes, and `work` with what it made for that and every later job.
    /// A panic in either is caught, counted and told to [`on_panic`](Config::on_panic). The worker then throws the
    /// state away, because the panic may have left it half changed, and makes a new one for its next job.
    ///
    /// # Errors
    ///
    /// [`StartError`] where the system gives no more threads. Those that did start have ended by then.
    pub fn start<S, M, W>(config: Config, make: M, work: W) -> Result<Self, StartError>
    where
        M: Fn() -> S + Send + Sync + 'static,
        W: Fn(&mut S, J) + Send + Sync + 'static,
        S: 'static,
    {
        let (sender, jobs) = channel::bounded(config.queue);
        let shared = Arc::new(Shared {
            queue: RwLock::new(Some(sender)),
            tally: Tally::default(),
        });
        let mut pool = Self {
            submitter: Submitter(shared.clone()),
            workers: Vec::with_capacity(config.workers),
        };
        let trade = std::sync::Arc::new((make, work));
        for worker in 0..config.workers {
            let name = format!("{}-{worker}", config.name);
            let worker = Worker {
                name: name.clone(),
                jobs: jobs.clone(),
                shared: shared.clone(),
                on_panic: config.on_panic.clone(),
            };
            let trade = trade.clone();
            let thread = thread::Builder::new().name(name.clone());
            match thread.spawn(move || worker.run(&trade.0, &trade.1)) {
                Ok(running) => pool.workers.push(running),
                // Dropping the pool ends the workers that run already.
                Err(source) => {
                    return Err(StartError {
                        thread: name,
                        source,
                    });
                }
            }
        }
        Ok(pool)
    }
}

impl<J> Pool<J> {
    /// Hands a job over, and waits for room in the queue if there is none: that is the back-pressure.
    ///
    /// A job must not call this on its own pool: with every worker waiting for room, nobody makes any. Such a job
    /// calls [`try_submit`](Pool::try_submit).
    ///
    /// # Errors
    ///
    /// [`Closed`] with the job, once the pool is closed.
    pub fn submit(&self, job: J) -> Result<(), Closed<J>> {
        self.submitter.submit(job)
    }

    /// Hands a job over if there is room, and never waits for any. This is for threads that mustn't block, such as
    /// those of an async runtime.
    ///
    /// ```
    /// use worker_pools::{Config, Pool, TrySubmitError};
    ///
    /// let pool = Pool::start(Config::named("mail").workers(1).queue(1), || (), |(), letter: String| {
    ///     println!("{letter}");
    /// })?;
    /// match pool.try_submit("hello".to_owned()) {
    ///     Ok(()) => {}
    ///     Err(TrySubmitError::Full(letter)) => println!("busy; try {letter:?} later"),
    ///     Err(TrySubmitError::Closed(letter)) => println!("too late for {letter:?}"),
    /// }
    /// # Ok::<(), worker_pools::StartError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TrySubmitError`] with the job: the queue is full, or the pool is closed.
    pub fn try_submit(&self, job: J) -> Result<(), TrySubmitError<J>> {
        self.submitter.try_submit(job)
    }

    /// Something to submit with from other threads.
    pub fn submitter(&self) -> Submitter<J> {
        self.submitter.clone()
    }

    /// What has become of the jobs so far. While jobs run, the figures are each right by themselves, and may be of
    /// slightly different moments.
    pub fn counts(&self) -> Counts {
        self.submitter.counts()
    }

    /// Refuses every job from now on. What was accepted is still done, and so is what a thread already waits to
    /// submit.
    pub fn close(&self) {
        self.submitter.0.close();
    }

    /// Closes the pool, waits until every accepted job is done, and says what became of all of them.
    pub fn shutdown(mut self) -> Counts {
        self.close_and_wait();
        self.counts()
    }

    fn close_and_wait(&mut self) {
        self.close();
        let this = thread::current().id();
        for worker in self.workers.drain(..) {
            // A job that owns its pool ends it on a worker's thread, which can't wait for itself.
            if worker.thread().id() != this {
                // An error is a panic in dropping the worker's state. Its jobs are done.
                let _ = worker.join();
            }
        }
    }
}

impl<J> Drop for Pool<J> {
    fn drop(&mut self) {
        self.close_and_wait();
    }
}

impl<J> fmt::Debug for Pool<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.workers.len())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl<J> Submitter<J> {
    /// As [`Pool::submit`].
    ///
    /// # Errors
    ///
    /// [`Closed`] with the job, once the pool is closed.
    pub fn submit(&self, job: J) -> Result<(), Closed<J>> {
        let tally = &self.0.tally;
        let Some(queue) = self.0.queue() else {
            tally.refused_closed.fetch_add(1, Relaxed);
            return Err(Closed(job));
        };
        match queue.send(job) {
            Ok(()) => {
                tally.accepted.fetch_add(1, Relaxed);
                Ok(())
            }
            Err(SendError(job)) => {
                tally.refused_closed.fetch_add(1, Relaxed);
                Err(Closed(job))
            }
        }
    }

    /// As [`Pool::try_submit`].
    ///
    /// # Errors
    ///
    /// [`TrySubmitError`] with the job: the queue is full, or the pool is closed.
    pub fn try_submit(&self, job: J) -> Result<(), TrySubmitError<J>> {
        let tally = &self.0.tally;
        let Some(queue) = self.0.queue() else {
            tally.refused_closed.fetch_add(1, Relaxed);
            return Err(TrySubmitError::Closed(job));
        };
        match queue.try_send(job) {
            Ok(()) => {
                tally.accepted.fetch_add(1, Relaxed);
                Ok(())
            }
            Err(TrySendError::Full(job)) => {
                tally.refused_full.fetch_add(1, Relaxed);
                Err(TrySubmitError::Full(job))
            }
            Err(TrySendError::Disconnected(job)) => {
                tally.refused_closed.fetch_add(1, Relaxed);
                Err(TrySubmitError::Closed(job))
            }
        }
    }

    /// As [`Pool::counts`]. It still answers when the pool is gone.
    pub fn counts(&self) -> Counts {
        let tally = &self.0.tally;
        Counts {
            accepted: tally.accepted.load(Relaxed),
            done: tally.done.load(Relaxed),
            panicked: tally.panicked.load(Relaxed),
            refused_full: tally.refused_full.load(Relaxed),
            refused_closed: tally.refused_closed.load(Relaxed),
        }
    }
}

impl<J> Clone for Submitter<J> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<J> fmt::Debug for Submitter<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("Submitter").field(&self.counts()).finish()
    }
}

impl<J> Shared<J> {
    // ANCHOR: close
    /// The way into the queue, unless the pool is closed.
    ///
    /// The workers end when nobody holds a sender any more. So a caller that holds one is sure that its job will be
    /// done, however long it waits for room; and what it counts before it lets go is seen by whoever joined them.
    /// The lock is not held meanwhile: somebody who waits for room keeps nobody from closing or from `try_submit`.
    fn queue(&self) -> Option<Sender<J>> {
        self.queue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn close(&self) {
        *self.queue.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
    // ANCHOR_END: close
}

struct Worker<J> {
    name: String,
    jobs: Receiver<J>,
    shared: Arc<Shared<J>>,
    on_panic: std::sync::Arc<OnPanic>,
}

impl<J> Worker<J> {
    // ANCHOR: worker
    fn run<S>(self, make: &impl Fn() -> S, work: &impl Fn(&mut S, J)) {
        let mut state = None;
        while let Ok(job) = self.jobs.recv() {
            // What a panic left half changed is `state`, and that is thrown away.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                work(state.get_or_insert_with(make), job);
            }));
            match outcome {
                Ok(()) => {
                    self.shared.tally.done.fetch_add(1, Relaxed);
                }
                Err(payload) => self.recover(&mut state, payload),
            }
        }
    }
    // ANCHOR_END: worker

    fn recover<S>(&self, state: &mut Option<S>, payload: Box<dyn Any + Send>) {
        self.shared.tally.panicked.fetch_add(1, Relaxed);
        // Each by itself: a panic that meets another one on its way ends the process.
        survive(|| (self.on_panic)(&JobPanic::new(&self.name, &*payload)));
        survive(|| drop(state.take()));
        survive(|| drop(payload));
    }
}

/// Runs what isn't the pool's own, and goes on if it panics.
fn survive(foreign: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(foreign)) {
        // Its destructor might panic as well. Better it leaks.
        std::mem::forget(payload);
    }
}

/// A job was refused because the pool is closed. The job is handed back.
pub struct Closed<J>(pub J);

/// A job was refused by [`Pool::try_submit`]. The job is handed back.
pub enum TrySubmitError<J> {
    /// As many jobs wait as may. Try later, shed the job, or wait with [`Pool::submit`].
    Full(J),
    /// The pool is closed for good.
    Closed(J),
}

impl<J> TrySubmitError<J> {
    /// The job that was refused.
    pub fn into_job(self) -> J {
        match self {
            Self::Full(job) | Self::Closed(job) => job,
        }
    }
}

// Not derived: a derive would ask it of `J`.
impl<J> fmt::Debug for Closed<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Closed(..)")
    }
}

impl<J> fmt::Display for Closed<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the pool is closed and takes no more jobs; this one is handed back")
    }
}

impl<J> Error for Closed<J> {}

impl<J> fmt::Debug for TrySubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<J> fmt::Display for TrySubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => {
                "the pool's queue is full; this job is handed back, to be tried later or left"
            }
            Self::Closed(_) => "the pool is closed and takes no more jobs; this one is handed back",
        })
    }
}

impl<J> Error for TrySubmitError<J> {}

/// The system refused to start a thread.
#[derive(Debug)]
pub struct StartError {
    /// The name that it was to have.
    pub thread: String,
    /// What the system said.
    pub source: io::Error,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "thread {} can't be started; ask for fewer workers, or raise the limit on threads",
            self.thread
        )
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
