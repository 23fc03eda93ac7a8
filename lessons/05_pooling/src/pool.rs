//! A shelf, and what to do when it is empty.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::limits::Idle;
use crate::{Recycle, Shelf};

/// Lends values that are used for a short time, and makes one where none is left.
///
/// ```
/// use pooling::{Limits, Locked, Pool};
///
/// let pool = Pool::new(Locked::new(Limits::of(8)), || String::with_capacity(64));
/// {
///     let mut text = pool.take();
///     text.push_str("cleared and returned at the brace");
/// }
/// let text = pool.take();
/// assert!(text.is_empty());
/// assert_eq!(text.capacity(), 64);
/// ```
///
/// A guard borrows from its pool. Threads and tasks that outlive their caller need a pool that does so too:
///
/// ```
/// use std::sync::LazyLock;
/// use pooling::{Limits, Locked, Pool};
///
/// static FRAMES: LazyLock<Pool<Vec<u8>, Locked<Vec<u8>>>> = LazyLock::new(|| {
///     let limits = Limits::of(64).each(4_096, 65_536).bytes(1 << 20);
///     Pool::new(Locked::new(limits), || Vec::with_capacity(4_096))
/// });
///
/// let length = std::thread::spawn(|| FRAMES.take().len()).join();
/// assert_eq!((length.ok(), FRAMES.idle().values), (Some(0), 1));
/// ```
pub struct Pool<T, S, F = fn() -> T> {
    shelf: S,
    make: F,
    values: PhantomData<fn() -> T>,
}

impl<T, S, F> Pool<T, S, F> {
    /// A pool over that shelf. Nothing is made before it is asked for.
    pub const fn new(shelf: S, make: F) -> Self {
        Self {
            shelf,
            make,
            values: PhantomData,
        }
    }
}

impl<T: Recycle, S: Shelf<T>, F: Fn() -> T> Pool<T, S, F> {
    /// Lends a value: one that waited, or else a new one. It never waits for one to come back.
    pub fn take(&self) -> Pooled<'_, T, S> {
        self.shelf.lend(&self.make)
    }

    /// What waits now.
    pub fn idle(&self) -> Idle {
        self.shelf.idle()
    }
}

impl<T: Recycle, S: Shelf<T>, F> fmt::Debug for Pool<T, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Idle { values, bytes } = self.shelf.idle();
        f.debug_struct("Pool")
            .field("idle_values", &values)
            .field("idle_bytes", &bytes)
            .finish_non_exhaustive()
    }
}

/// A value on loan. Dropping it clears the value and puts it back: at the end of the scope, at a `return`, at a `?`,
/// and when a panic unwinds.
///
/// Forgetting it ([`std::mem::forget`]) loses this one value and nothing else. It can't outlive its shelf:
///
/// ```compile_fail,E0597
/// use pooling::{Limits, Shelf, Stack};
///
/// let kept = {
///     let shelf = Stack::new(Limits::of(1));
///     shelf.lend(Vec::<u8>::new) // error: `shelf` does not live long enough
/// };
/// ```
///
/// And a view of it can't outlive it:
///
/// ```compile_fail,E0505
/// use pooling::{Limits, Shelf, Stack};
///
/// let shelf = Stack::new(Limits::of(1));
/// let buffer = shelf.lend(|| b"mine".to_vec());
/// let view: &[u8] = &buffer;
/// drop(buffer); // error: cannot move out of `buffer` because it is borrowed
/// assert_eq!(view, b"mine");
/// ```
// ANCHOR: guard
pub struct Pooled<'a, T: Recycle, S: Shelf<T>> {
    /// Empty only after `detach`, which nothing outlives.
    value: Option<T>,
    shelf: &'a S,
}
// ANCHOR_END: guard

impl<'a, T: Recycle, S: Shelf<T>> Pooled<'a, T, S> {
    /// Puts a value in this guard's care, wherever it comes from.
    pub const fn new(value: T, shelf: &'a S) -> Self {
        let value = Some(value);
        Self { value, shelf }
    }

    /// Takes the value for good: it won't come back. Not a method, so that it can't hide one of the value's.
    pub fn detach(mut guard: Self) -> T {
        let Some(value) = guard.value.take() else {
            unreachable!("{ON_LOAN}")
        };
        value
    }
}

// ANCHOR: guard_drop
impl<T: Recycle, S: Shelf<T>> Drop for Pooled<'_, T, S> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.shelf.put(value);
        }
    }
}
// ANCHOR_END: guard_drop

const ON_LOAN: &str = "a guard has its value until it is dropped or detached";

impl<T: Recycle, S: Shelf<T>> Deref for Pooled<'_, T, S> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect(ON_LOAN)
    }
}

impl<T: Recycle, S: Shelf<T>> DerefMut for Pooled<'_, T, S> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect(ON_LOAN)
    }
}

impl<T: Recycle, S: Shelf<T>> AsMut<T> for Pooled<'_, T, S> {
    fn as_mut(&mut self) -> &mut T {
        self
    }
}

impl<T: Recycle + fmt::Debug, S: Shelf<T>> fmt::Debug for Pooled<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
