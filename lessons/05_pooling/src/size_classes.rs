//! Byte buffers in three sizes.

use crate::limits::{Idle, Limits};
use crate::{Pooled, Recycle, Shelf};

/// A shelf for byte buffers in three sizes.
///
/// A request goes to the smallest class that is large enough. A buffer comes back to the class that it fills, judged
/// by the capacity that it has by then: one that grew moves up, one that shrank moves down. So whoever asks for `n`
/// bytes gets at least `n`, whatever others did to the buffer.
///
/// Two kinds are not kept: what is smaller than the smallest class, and what is twice the largest or more. A larger
/// request gets a buffer of its own size.
///
/// ```
/// use pooling::{Shelf, SizeClasses};
///
/// let buffers = SizeClasses::locked([512, 4_096, 16_384], 1 << 20);
/// assert_eq!(buffers.buffer(600).capacity(), 4_096);
/// assert_eq!(buffers.buffer(20_000).capacity(), 20_000);
///
/// let mut small = buffers.buffer(100);
/// small.reserve_exact(600);
/// drop(small);
/// assert_eq!(buffers.buffer(512).capacity(), 600, "still a small one");
/// ```
#[derive(Debug)]
pub struct SizeClasses<S> {
    sizes: [usize; 3],
    shelves: [S; 3],
}

impl<S: Shelf<Vec<u8>>> SizeClasses<S> {
    /// Classes of these sizes in bytes, each on a shelf that is made for it.
    ///
    /// `make_shelf` gets limits that keep at most `bytes_each` bytes in each class: so a burst of large buffers can't
    /// crowd out the small ones, and all three together keep three times that at most.
    ///
    /// # Panics
    ///
    /// Where the sizes don't rise, or the smallest is 0.
    pub fn new(sizes: [usize; 3], bytes_each: usize, make_shelf: impl Fn(Limits) -> S) -> Self {
        let [small, medium, large] = sizes;
        assert!(
            0 < small && small < medium && medium < large,
            "size classes must rise from above 0, and {sizes:?} don't"
        );
        let ends = [medium, large, large.saturating_mul(2)];
        let shelves = std::array::from_fn(|class| {
            let (size, end) = (sizes[class], ends[class]);
            let limits = Limits::of(bytes_each / size).bytes(bytes_each);
            make_shelf(limits.each(size, end - 1))
        });
        Self { sizes, shelves }
    }

    /// Lends an empty buffer with room for at least so many bytes.
    pub fn buffer(&self, room: usize) -> Pooled<'_, Vec<u8>, Self> {
        Pooled::new(self.take_or_make(room), self)
    }

    // ANCHOR: take_or_make
    fn take_or_make(&self, room: usize) -> Vec<u8> {
        let Some(class) = self.sizes.iter().position(|size| *size >= room) else {
            return Vec::with_capacity(room);
        };
        let waiting = self.shelves[class].take();
        waiting.unwrap_or_else(|| Vec::with_capacity(self.sizes[class]))
    }
    // ANCHOR_END: take_or_make
}

impl<S: Shelf<Vec<u8>>> Shelf<Vec<u8>> for SizeClasses<S> {
    /// A buffer of the smallest class that has one.
    fn take(&self) -> Option<Vec<u8>> {
        self.shelves.iter().find_map(Shelf::take)
    }

    // ANCHOR: put
    fn put(&self, buffer: Vec<u8>) -> bool {
        let room = buffer.room();
        let class = self.sizes.iter().rposition(|size| *size <= room);
        // What is too large for the last class is refused by its shelf.
        class.is_some_and(|class| self.shelves[class].put(buffer))
    }
    // ANCHOR_END: put

    fn idle(&self) -> Idle {
        let each = self.shelves.iter().map(Shelf::idle);
        each.fold(Idle::default(), |all, one| Idle {
            values: all.values + one.values,
            bytes: all.bytes + one.bytes,
        })
    }
}

impl SizeClasses<crate::Locked<Vec<u8>>> {
    /// Classes that all threads share, behind a lock each. See [`new`](SizeClasses::new).
    ///
    /// # Panics
    ///
    /// Where the sizes don't rise, or the smallest is 0.
    pub fn locked(sizes: [usize; 3], bytes_each: usize) -> Self {
        Self::new(sizes, bytes_each, crate::Locked::new)
    }
}

impl SizeClasses<crate::LockFree<Vec<u8>>> {
    /// Classes that all threads share, on a queue each. See [`new`](SizeClasses::new).
    ///
    /// # Panics
    ///
    /// Where the sizes don't rise, or the smallest is 0.
    pub fn lock_free(sizes: [usize; 3], bytes_each: usize) -> Self {
        Self::new(sizes, bytes_each, crate::LockFree::new)
    }
}

impl SizeClasses<crate::Stack<Vec<u8>>> {
    /// Classes for one thread. See [`new`](SizeClasses::new).
    ///
    /// # Panics
    ///
    /// Where the sizes don't rise, or the smallest is 0.
    pub fn stack(sizes: [usize; 3], bytes_each: usize) -> Self {
        Self::new(sizes, bytes_each, crate::Stack::new)
    }
}
