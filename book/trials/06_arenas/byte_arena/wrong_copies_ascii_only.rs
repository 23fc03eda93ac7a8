//! Copies text letter by letter, each in one byte.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::fmt;

/// The bytes that are still free. A shared arena hands out pieces, so they are in a `Cell`: `take`
/// moves the slice out and leaves its default, the empty slice; `set` puts back the rest.
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
            "{asked} bytes don't fit into {left}: use a larger buffer"
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

    /// Returns a piece at an address that `align`, a power of two, divides. It borrows from the
    /// buffer, not from the arena. Fails when it doesn't fit, and then all free bytes stay free.
    fn alloc(&self, length: usize, align: usize) -> Result<&'b mut [u8], Full> {
        let free = self.free.take();
        let (left, first) = (free.len(), free.as_ptr().addr());
        let start = (first + left).saturating_sub(length) & !(align - 1);
        if start < first {
            self.free.set(free);
            let asked = length;
            return Err(Full { asked, left });
        }
        let (rest, piece) = free.split_at_mut(start - first);
        self.free.set(rest);
        Ok(&mut piece[..length])
    }

    /// Returns a copy of a text, at any address. Fails as `alloc` does.
    fn copy(&self, text: &str) -> Result<&'b str, Full> {
        let copy = self.alloc(text.chars().count(), 1)?;
        for (byte, letter) in copy.iter_mut().zip(text.chars()) {
            *byte = if letter.is_ascii() {
                letter as u8
            } else {
                b'?'
            };
        }
        Ok(str::from_utf8(copy).expect("a copy of text is text"))
    }
}
