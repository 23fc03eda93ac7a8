//! Locks, counters and the queue: std's and crossbeam's, or under `--cfg loom` what loom can interleave.

#[cfg(loom)]
pub(crate) use self::model::*;
#[cfg(not(loom))]
pub(crate) use self::real::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use crossbeam::queue::ArrayQueue;
    pub(crate) use std::sync::Mutex;
    pub(crate) use std::sync::atomic::{AtomicUsize, Ordering};
}

#[cfg(loom)]
mod model {
    use std::collections::VecDeque;
    use std::sync::PoisonError;

    pub(crate) use loom::sync::Mutex;
    pub(crate) use loom::sync::atomic::{AtomicUsize, Ordering};

    /// Does what crossbeam's queue promises, each operation at one moment. Crossbeam checks its own queue; the models
    /// here are about the count that this crate keeps beside it.
    pub(crate) struct ArrayQueue<T> {
        values: Mutex<VecDeque<T>>,
        capacity: usize,
    }

    impl<T> ArrayQueue<T> {
        pub(crate) fn new(capacity: usize) -> Self {
            let values = Mutex::new(VecDeque::new());
            Self { values, capacity }
        }

        pub(crate) fn push(&self, value: T) -> Result<(), T> {
            let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            if values.len() == self.capacity {
                return Err(value);
            }
            values.push_back(value);
            Ok(())
        }

        pub(crate) fn pop(&self) -> Option<T> {
            let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            values.pop_front()
        }

        pub(crate) fn len(&self) -> usize {
            let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            values.len()
        }
    }

    impl<T> std::fmt::Debug for ArrayQueue<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("ArrayQueue").finish_non_exhaustive()
        }
    }
}
