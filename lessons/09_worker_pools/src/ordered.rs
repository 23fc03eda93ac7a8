//! A pool that answers, in the order in which it was asked.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::iter::Fuse;

use crate::pool::{Config, Counts, Pool, StartError};
use crate::sync::channel::{self, Receiver, Sender};

/// A [`Pool`] whose jobs have results, which come in the order of the inputs.
///
/// ```
/// use worker_pools::{Config, Ordered};
///
/// let lengths = Ordered::start(Config::named("measure").workers(2), || (), |(), word: &str| word.len())?;
/// let sizes: Result<Vec<usize>, _> = lengths.map(["one", "fifteen", "three"]).collect();
/// assert_eq!(sizes?, [3, 7, 5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ordered<I, O> {
    pool: Pool<Numbered<I, O>>,
    window: usize,
}

struct Numbered<I, O> {
    input: I,
    ticket: Ticket<O>,
}

type Answer<O> = (usize, Result<O, Lost>);

/// The right to answer for one input. Whatever becomes of the job, the one who asked hears of it: a ticket that is
/// dropped, by a panic or by a refusal, says that the result is lost.
struct Ticket<O> {
    index: usize,
    answers: Sender<Answer<O>>,
    answered: bool,
}

impl<O> Ticket<O> {
    fn answer(mut self, output: O) {
        self.send(Ok(output));
    }

    fn send(&mut self, answer: Result<O, Lost>) {
        self.answered = true;
        // Nobody listens where the iterator was dropped halfway.
        let _ = self.answers.send((self.index, answer));
    }
}

impl<O> Drop for Ticket<O> {
    fn drop(&mut self) {
        if !self.answered {
            self.send(Err(Lost { index: self.index }));
        }
    }
}

/// An input has no result: its job panicked. The pool told [`Config::on_panic`] what the panic said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Which input, counted from zero.
    pub index: usize,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "input {} has no result: its job panicked; Config::on_panic is told the message",
            self.index
        )
    }
}

impl Error for Lost {}

impl<I: Send + 'static, O: Send + 'static> Ordered<I, O> {
    /// Starts the threads; `make` and `work` are as in [`Pool::start`].
    ///
    /// A map keeps at most as many inputs on their way as there are workers and places in the queue.
    ///
    /// # Errors
    ///
    /// [`StartError`] where the system gives no more threads.
    pub fn start<S, M, W>(config: Config, make: M, work: W) -> Result<Self, StartError>
    where
        M: Fn() -> S + Send + Sync + 'static,
        W: Fn(&mut S, I) -> O + Send + Sync + 'static,
        S: 'static,
    {
        let window = config.in_flight();
        let pool = Pool::start(config, make, move |state, job: Numbered<I, O>| {
            let output = work(state, job.input);
            job.ticket.answer(output);
        })?;
        Ok(Self { pool, window })
    }
}

impl<I, O> Ordered<I, O> {
    /// Maps the inputs, several at a time, as the iterator is advanced.
    ///
    /// Inputs are taken and submitted only as far as there is room, so that neither inputs nor finished results pile
    /// up: a slow job holds back those behind it. Several threads may map at once.
    pub fn map<T: IntoIterator<Item = I>>(&self, inputs: T) -> Map<'_, I, O, T::IntoIter> {
        let (answers, arrivals) = channel::bounded(self.window);
        Map {
            ordered: self,
            inputs: inputs.into_iter().fuse(),
            submitted: 0,
            waiting: VecDeque::with_capacity(self.window),
            answers,
            arrivals,
        }
    }

    /// As [`Pool::counts`].
    pub fn counts(&self) -> Counts {
        self.pool.counts()
    }

    /// As [`Pool::shutdown`].
    pub fn shutdown(self) -> Counts {
        self.pool.shutdown()
    }
}

impl<I, O> fmt::Debug for Ordered<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Ordered")
            .field("pool", &self.pool)
            .field("window", &self.window)
            .finish()
    }
}

/// The results of [`Ordered::map`]: for each input its output, or [`Lost`] where its job panicked.
pub struct Map<'a, I, O, T> {
    ordered: &'a Ordered<I, O>,
    inputs: Fuse<T>,
    submitted: usize,
    /// The results of the inputs on their way, the oldest first; `None` until it is there.
    waiting: VecDeque<Option<Result<O, Lost>>>,
    /// It has room for all that are on their way, so that no worker ever waits to answer.
    answers: Sender<Answer<O>>,
    arrivals: Receiver<Answer<O>>,
}

// ANCHOR: in_order
impl<I, O, T: Iterator<Item = I>> Map<'_, I, O, T> {
    fn submit_while_there_is_room(&mut self) {
        while self.waiting.len() < self.ordered.window {
            let Some(input) = self.inputs.next() else {
                return;
            };
            let ticket = Ticket {
                index: self.submitted,
                answers: self.answers.clone(),
                answered: false,
            };
            self.submitted += 1;
            self.waiting.push_back(None);
            // A job that is refused is dropped here, and its ticket answers for it.
            let _ = self.ordered.pool.submit(Numbered { input, ticket });
        }
    }
}

impl<I, O, T: Iterator<Item = I>> Iterator for Map<'_, I, O, T> {
    type Item = Result<O, Lost>;

    fn next(&mut self) -> Option<Self::Item> {
        self.submit_while_there_is_room();
        while self.waiting.front()?.is_none() {
            let (index, answer) = self.arrivals.recv().ok()?;
            let oldest = self.submitted - self.waiting.len();
            self.waiting[index - oldest] = Some(answer);
        }
        self.waiting.pop_front()?
    }
}
// ANCHOR_END: in_order

impl<I, O, T> fmt::Debug for Map<'_, I, O, T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Map")
            .field("submitted", &self.submitted)
            .field("on_their_way", &self.waiting.len())
            .finish_non_exhaustive()
    }
}
