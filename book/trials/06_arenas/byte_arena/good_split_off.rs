//! Computes the place with checked subtractions.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::fmt;

/// The bytes that are still free. A `Cell`, because pieces are handed out by a shared arena; such a cell can't be
/// looked into, so what it holds is taken out, and put back.
struct ByteArena<'b> {
    free: Cell<&'b mut [u8]>,
}

#[derive(Debug, PartialEq, Eq)]
struct Full {
    asked: usize,
    left: usize,
}

impl fmt::Display for Full {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let Self { asked, left } = self;
        write!(
            to,
            "{asked} bytes don't fit into {left}: take a larger buffer"
        )
    }
}

impl<'b> ByteArena<'b> {
    fn over(buffer: &'b mut [u8]) -> Self {
        Self {
            free: Cell::new(buffer),
        }
    }

    /// How many bytes are free.
    fn left(&self) -> usize {
        let free = self.free.take();
        let left = free.len();
        self.free.set(free);
        left
    }

    /// A piece at an address that `align`, a power of two, divides. Where it doesn't fit, nothing changes.
    /// A piece borrows from the buffer, not from the arena.
    fn alloc(&self, length: usize, align: usize) -> Result<&'b mut [u8], Full> {
        let free = self.free.take();
        let (left, first) = (free.len(), free.as_ptr().addr());
        let at = left
            .checked_sub(length)
            .and_then(|at| at.checked_sub((first + at) % align));
        let Some(at) = at else {
            self.free.set(free);
            return Err(Full {
                asked: length,
                left,
            });
        };
        let (rest, piece) = free.split_at_mut(at);
        self.free.set(rest);
        Ok(&mut piece[..length])
    }

    /// A copy of a text.
    fn copy(&self, text: &str) -> Result<&'b str, Full> {
        let copy = self.alloc(text.len(), 1)?;
        copy.copy_from_slice(text.as_bytes());
        Ok(str::from_utf8(copy).expect("a copy of text is text"))
    }
}
