//! A bump arena of our own: one buffer, and how much of it is left.

use std::cell::Cell;
use std::error::Error;
use std::fmt;

/// Hands out pieces of a buffer, one behind the other.
///
/// A piece lives as long as the buffer is borrowed, not as long as the region, and no two pieces overlap. There is no
/// `free` and no `reset`: who wants the room back makes a new region over the same buffer. The borrow checker allows
/// that once the last piece is out of use:
///
/// ```
/// use arenas::Region;
///
/// let mut buffer = [0; 16];
/// for name in ["alice", "bob"] {
///     let region = Region::over(&mut buffer);
///     let greeting = region.copy(b"hello ")?;
///     let name = region.copy(name.as_bytes())?;
///     assert_eq!((greeting.len(), region.left()), (6, 10 - name.len()));
/// }
/// # Ok::<(), arenas::RegionFull>(())
/// ```
///
/// ```compile_fail,E0499
/// # use arenas::Region;
/// let mut buffer = [0; 16];
/// let old = Region::over(&mut buffer).alloc(4)?;
/// let new = Region::over(&mut buffer).alloc(4)?; // the buffer is still borrowed by `old`
/// old.fill(1);
/// # new.fill(2);
/// # Ok::<(), arenas::RegionFull>(())
/// ```
// ANCHOR: region
pub struct Region<'b> {
    free: Cell<&'b mut [u8]>,
}
// ANCHOR_END: region

impl<'b> Region<'b> {
    /// A region over all of a buffer.
    pub fn over(buffer: &'b mut [u8]) -> Self {
        Self {
            free: Cell::new(buffer),
        }
    }

    /// The next so many bytes. They hold what the buffer held: zeros, or the bytes of an earlier region.
    ///
    /// # Errors
    ///
    /// [`RegionFull`] where fewer are left. Nothing is taken then.
    pub fn alloc(&self, length: usize) -> Result<&'b mut [u8], RegionFull> {
        self.alloc_aligned(length, 1)
    }

    /// The next so many bytes from an address that `align` divides. What is skipped to get there is lost.
    ///
    /// # Errors
    ///
    /// [`RegionFull`] where fewer are left. Nothing is taken then.
    ///
    /// # Panics
    ///
    /// Where `align` is not a power of two.
    // ANCHOR: alloc
    pub fn alloc_aligned(&self, length: usize, align: usize) -> Result<&'b mut [u8], RegionFull> {
        assert!(align.is_power_of_two(), "{align} is no power of two");
        // Taken out for a moment: a shared region can't lend what it holds exclusively.
        let free = self.free.take();
        let skipped = free.as_ptr().align_offset(align);
        let end = skipped.checked_add(length).filter(|end| *end <= free.len());
        let Some(end) = end else {
            let left = free.len();
            self.free.set(free);
            return Err(RegionFull {
                asked: length,
                left,
            });
        };
        let (taken, rest) = free.split_at_mut(end);
        self.free.set(rest);
        Ok(&mut taken[skipped..])
    }
    // ANCHOR_END: alloc

    /// A copy of these bytes.
    ///
    /// # Errors
    ///
    /// [`RegionFull`] where there is no room for them.
    pub fn copy(&self, bytes: &[u8]) -> Result<&'b mut [u8], RegionFull> {
        let copy = self.alloc(bytes.len())?;
        copy.copy_from_slice(bytes);
        Ok(copy)
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        let free = self.free.take();
        let left = free.len();
        self.free.set(free);
        left
    }
}

impl fmt::Debug for Region<'_> {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.debug_struct("Region")
            .field("left", &self.left())
            .finish()
    }
}

/// A region has too little room for what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionFull {
    /// The bytes that were asked for.
    pub asked: usize,
    /// The bytes that are left; some may be needed to reach an aligned address.
    pub left: usize,
}

impl fmt::Display for RegionFull {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let Self { asked, left } = self;
        write!(
            to,
            "{asked} bytes asked of a region with {left} left; begin again with a larger buffer"
        )
    }
}

impl Error for RegionFull {}
