//! For one thread, or for each thread its own.

use std::cell::RefCell;
use std::thread::LocalKey;

use super::{Pile, Shelf};
use crate::Recycle;
use crate::limits::{Idle, Limits};

/// A shelf for one thread. It takes no lock and can't be shared.
///
/// ```
/// use pooling::{Limits, Shelf, Stack};
///
/// let shelf = Stack::new(Limits::of(8));
/// shelf.put(b"old words".to_vec());
/// let buffer = shelf.take().unwrap();
/// assert!(buffer.is_empty() && buffer.capacity() >= 9);
/// ```
///
/// ```compile_fail,E0277
/// let shelf = pooling::Stack::<Vec<u8>>::new(pooling::Limits::of(8));
/// std::thread::scope(|scope| {
///     scope.spawn(|| pooling::Shelf::take(&shelf)); // error: `RefCell` cannot be shared between threads
/// });
/// ```
#[derive(Debug)]
pub struct Stack<T>(RefCell<Pile<T>>);

impl<T: Recycle> Stack<T> {
    /// An empty shelf.
    ///
    /// # Panics
    ///
    /// Where the list for so many values doesn't fit into memory.
    pub fn new(limits: Limits) -> Self {
        Self(RefCell::new(Pile::within(limits)))
    }
}

// No borrow is held while a value is cleared, made or dropped, which is other people's code.
impl<T: Recycle> Shelf<T> for Stack<T> {
    fn take(&self) -> Option<T> {
        self.0.borrow_mut().pop()
    }

    fn put(&self, mut value: T) -> bool {
        value.clear();
        let put = self.0.borrow_mut().push(value);
        put.is_ok()
    }

    fn idle(&self) -> Idle {
        self.0.borrow().idle()
    }
}

/// A [`Stack`] for each thread, behind one name that all of them can use.
///
/// A value goes to the shelf of the thread that gives it back. Where one thread takes and another gives back, the one
/// always makes new values, and the other's shelf is full of values that nobody takes. A task that holds a guard
/// while it waits may wake up on another thread, and is such a case.
///
/// ```
/// use pooling::{Limits, PerThread, Pool, Stack};
///
/// thread_local! {
///     static IDLE: Stack<Vec<u8>> = Stack::new(Limits::of(8).each(4_096, 65_536));
/// }
/// static BUFFERS: Pool<Vec<u8>, PerThread<Vec<u8>>> = Pool::new(&IDLE, || Vec::with_capacity(4_096));
///
/// BUFFERS.take().extend_from_slice(b"back on this thread's shelf at the semicolon");
/// assert_eq!(BUFFERS.idle().values, 1);
/// ```
// ANCHOR: per_thread
pub type PerThread<T> = &'static LocalKey<Stack<T>>;

// A thread that ends has no shelf any more: nothing waits there, and what is given
// back is dropped.
impl<T: Recycle + 'static> Shelf<T> for PerThread<T> {
    fn take(&self) -> Option<T> {
        self.try_with(Stack::take).ok().flatten()
    }

    fn put(&self, value: T) -> bool {
        self.try_with(|stack| stack.put(value)).unwrap_or(false)
    }

    fn idle(&self) -> Idle {
        self.try_with(Stack::idle).unwrap_or_default()
    }
}
// ANCHOR_END: per_thread
