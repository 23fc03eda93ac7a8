//! What can be made as good as new.

use std::collections::{HashMap, VecDeque};

/// A value that a pool can hand out again.
///
/// ```
/// use pooling::Recycle;
///
/// #[derive(Default)]
/// struct Request {
///     user: Option<u64>,
///     body: Vec<u8>,
/// }
///
/// impl Recycle for Request {
///     fn clear(&mut self) {
///         // Taken apart, so that a field added later can't be forgotten here.
///         let Self { user, body } = self;
///         *user = None;
///         body.clear();
///     }
///
///     fn room(&self) -> usize {
///         self.body.capacity()
///     }
/// }
/// ```
// ANCHOR: recycle
pub trait Recycle {
    /// Forgets everything about its last use, and keeps the room.
    ///
    /// To forget is not to wipe: behind a vector's length its bytes are still there,
    /// out of reach of safe code. Overwrite keys and passwords, or don't pool them.
    fn clear(&mut self);

    /// The bytes of heap that it holds while it waits for its next use.
    ///
    /// While nobody uses the value, the answer must stay the same: a pool adds it
    /// on the way in and subtracts it on the way out.
    fn room(&self) -> usize;
}
// ANCHOR_END: recycle

/// Elements are dropped, and what they own with them: only the vector's own room is kept.
impl<T> Recycle for Vec<T> {
    fn clear(&mut self) {
        Vec::clear(self);
    }

    fn room(&self) -> usize {
        self.capacity().saturating_mul(size_of::<T>())
    }
}

impl Recycle for String {
    fn clear(&mut self) {
        String::clear(self);
    }

    fn room(&self) -> usize {
        self.capacity()
    }
}

impl<T> Recycle for VecDeque<T> {
    fn clear(&mut self) {
        VecDeque::clear(self);
    }

    fn room(&self) -> usize {
        self.capacity().saturating_mul(size_of::<T>())
    }
}

/// The room is a little more than said: a table is at most seven eighths full, and has a byte of its own per entry.
impl<K, V, S> Recycle for HashMap<K, V, S> {
    fn clear(&mut self) {
        HashMap::clear(self);
    }

    fn room(&self) -> usize {
        self.capacity().saturating_mul(size_of::<(K, V)>() + 1)
    }
}

/// A block has no length to set back, so its bytes are overwritten: all of them, every time.
impl<const N: usize> Recycle for Box<[u8; N]> {
    fn clear(&mut self) {
        self.fill(0);
    }

    fn room(&self) -> usize {
        N
    }
}
