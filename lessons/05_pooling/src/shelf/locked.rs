//! For all threads, one at a time.

use std::sync::PoisonError;

use super::{Pile, Shelf};
use crate::Recycle;
use crate::limits::{Idle, Limits};
use crate::sync::Mutex;

/// A shelf that all threads share, behind a lock.
///
/// ```
/// use pooling::{Limits, Locked, Shelf};
///
/// let shelf = Locked::new(Limits::of(8));
/// std::thread::scope(|scope| {
///     scope.spawn(|| shelf.put(String::with_capacity(64)));
/// });
/// assert_eq!(shelf.take().unwrap().capacity(), 64);
/// ```
#[derive(Debug)]
pub struct Locked<T>(Mutex<Pile<T>>);

impl<T: Recycle> Locked<T> {
    /// An empty shelf.
    ///
    /// # Panics
    ///
    /// Where the list for so many values doesn't fit into memory.
    pub fn new(limits: Limits) -> Self {
        Self(Mutex::new(Pile::within(limits)))
    }

    fn with<R>(&self, work: impl FnOnce(&mut Pile<T>) -> R) -> R {
        // Nobody's code runs under the lock but ours and `room`, and both change the pile last: a panic leaves it
        // whole.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Recycle> Shelf<T> for Locked<T> {
    fn take(&self) -> Option<T> {
        self.with(Pile::pop)
    }

    fn put(&self, mut value: T) -> bool {
        value.clear();
        let put = self.with(|pile| pile.push(value));
        put.is_ok()
    }

    fn idle(&self) -> Idle {
        self.with(|pile| pile.idle())
    }
}
