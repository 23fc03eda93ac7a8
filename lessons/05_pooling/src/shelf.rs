//! Where values wait: one interface, three forms.

mod lock_free;
mod locked;
mod stack;

pub use lock_free::LockFree;
pub use locked::Locked;
pub use stack::{PerThread, Stack};

use crate::limits::{Idle, Limits};
use crate::{Pooled, Recycle};

/// A place where values wait to be used again.
pub trait Shelf<T: Recycle> {
    /// A value that waited, cleared; nothing if none does.
    fn take(&self) -> Option<T>;

    /// Clears a value and keeps it, or drops it where the limits say so. Says whether it was kept.
    ///
    /// Clearing is done here so that nothing gets onto a shelf without it.
    fn put(&self, value: T) -> bool;

    /// What waits here now. With other threads at work, it may be out of date when you read it.
    fn idle(&self) -> Idle;

    /// Lends a value that waited, or one that is made now.
    fn lend(&self, make: impl FnOnce() -> T) -> Pooled<'_, T, Self>
    where
        Self: Sized,
    {
        Pooled::new(self.take().unwrap_or_else(make), self)
    }
}

/// A list with its limits, for one user at a time.
#[derive(Debug)]
struct Pile<T> {
    values: Vec<T>,
    bytes: usize,
    limits: Limits,
}

impl<T: Recycle> Pile<T> {
    fn within(limits: Limits) -> Self {
        Self {
            // In full length at once: `push` never allocates.
            values: Vec::with_capacity(limits.values()),
            bytes: 0,
            limits,
        }
    }

    /// The value that came last: its bytes are the likeliest to be in the cache still.
    fn pop(&mut self) -> Option<T> {
        self.bytes -= self.values.last()?.room();
        self.values.pop()
    }

    /// Gives back what may not stay. The caller drops it when its lock is open again.
    fn push(&mut self, value: T) -> Result<(), T> {
        match self.limits.bytes_with(self.bytes, value.room()) {
            Some(bytes) if self.values.len() < self.limits.values() => {
                self.bytes = bytes;
                self.values.push(value);
                Ok(())
            }
            _ => Err(value),
        }
    }

    fn idle(&self) -> Idle {
        let (values, bytes) = (self.values.len(), self.bytes);
        Idle { values, bytes }
    }
}
