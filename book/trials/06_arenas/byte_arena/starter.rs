//! A game allocates for one frame and forgets it all for the next. It has one buffer for that, which is never moved
//! and never grows: an arena in it hands out pieces until the buffer is full, and the next frame begins with a new
//! arena over the same buffer. If a piece of the last frame were still in use then, this wouldn't compile.
//!
//! The pieces are cut off from the back: a piece starts at `end - length`, rounded down to an address that `align`
//! divides. The few bytes behind it are lost.
//!
//! ```text
//!     free                                 piece      lost   handed out before
//!     ├─────────────────────────────────┤├──────────┤├────┤├──────────────────┤
//! ```
//!
//! | measure | budget | why                                      |
//! |---------|--------|------------------------------------------|
//! | allocations  |      0 | the buffer was there before              |

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
        // TODO: where would the piece start? `as_ptr().addr()` is the address of the first free byte. If that start is
        // not before the first free byte, split the piece off with `split_at_mut`, and leave the bytes before it free.
        todo!("cut off {length} bytes, aligned to {align}")
    }

    /// A copy of a text.
    fn copy(&self, text: &str) -> Result<&'b str, Full> {
        // TODO: any address will do for text. `str::from_utf8` makes text of bytes.
        todo!("copy {text:?}")
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("byte_arena").allocations(0);

fn main() {
    let mut buffer = vec![0; 64 * 1024];
    measuring::show(BUDGET, || frame(&mut buffer));
}

/// What a frame allocates: a thousand positions of three floats, and a name for each.
fn frame(buffer: &mut [u8]) -> Result<usize, Full> {
    let arena = ByteArena::over(buffer);
    for number in 0..1_000u32 {
        let position = arena.alloc(12, 4)?;
        position[..4].copy_from_slice(&number.to_le_bytes());
        arena.copy(["orc", "elf", "gnome"][number as usize % 3])?;
    }
    Ok(arena.left())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn pieces_come_from_the_back() {
        let mut buffer = [0; 16];
        let arena = ByteArena::over(&mut buffer);
        arena.alloc(4, 1).unwrap().fill(1);
        arena.alloc(2, 1).unwrap().fill(2);
        assert_eq!(arena.left(), 10);
        assert_eq!(buffer, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 1, 1, 1, 1]);
    }

    #[test]
    fn all_of_the_buffer_can_be_had() {
        let mut buffer = [0; 16];
        let arena = ByteArena::over(&mut buffer);
        assert_eq!(arena.alloc(10, 1).map(|it| it.len()), Ok(10));
        assert_eq!(arena.alloc(7, 1), Err(Full { asked: 7, left: 6 }));
        assert_eq!(
            arena.alloc(usize::MAX, 8),
            Err(Full {
                asked: usize::MAX,
                left: 6
            })
        );
        assert_eq!(arena.left(), 6);
        assert_eq!(arena.alloc(6, 1).map(|it| it.len()), Ok(6));
        assert_eq!(arena.alloc(1, 1), Err(Full { asked: 1, left: 0 }));
        assert_eq!(arena.alloc(0, 1).map(|it| it.len()), Ok(0));
    }

    #[test]
    fn addresses_are_aligned_wherever_the_buffer_is() {
        let mut buffer = [0; 256];
        for offset in 0..16 {
            let buffer = &mut buffer[offset..];
            let (first, end) = (buffer.as_ptr().addr(), buffer.as_ptr_range().end.addr());
            let arena = ByteArena::over(buffer);
            let mut before = end;
            for (length, align) in [(1, 1), (8, 8), (3, 2), (16, 16), (0, 4), (5, 1), (12, 4)] {
                let piece = arena.alloc(length, align).unwrap();
                let start = piece.as_ptr().addr();
                assert_eq!(piece.len(), length);
                assert_eq!(start % align, 0, "{length} bytes at {start}");
                assert!(start + length <= before && before - start < length + align);
                assert_eq!(
                    arena.left(),
                    start - first,
                    "what is before the piece is free"
                );
                before = start;
            }
        }
    }

    #[test]
    fn pieces_that_would_fit_unaligned_are_refused() {
        #[repr(align(32))]
        struct Aligned([u8; 32]);
        let mut buffer = Aligned([0; 32]);
        let arena = ByteArena::over(&mut buffer.0[1..]);
        assert_eq!(
            arena.alloc(16, 32),
            Err(Full {
                asked: 16,
                left: 31
            })
        );
        assert_eq!(arena.left(), 31);
        assert!(arena.alloc(16, 16).is_ok());
        assert_eq!(arena.left(), 15);
    }

    #[test]
    fn pieces_are_apart_and_last() {
        let mut buffer = [0; 1_000];
        let mut pieces: Vec<&mut [u8]> = Vec::new();
        let arena = ByteArena::over(&mut buffer);
        while let Ok(piece) = arena.alloc(pieces.len() % 7, 1 << (pieces.len() % 4)) {
            piece.fill(pieces.len() as u8);
            pieces.push(piece);
        }
        assert!(pieces.len() > 150);
        for (number, piece) in pieces.iter().enumerate() {
            assert!(piece.iter().all(|byte| *byte == number as u8));
        }
    }

    #[test]
    fn texts_are_copied() {
        let mut buffer = [0; 10];
        let arena = ByteArena::over(&mut buffer);
        let (first, second) = (arena.copy("añb").unwrap(), arena.copy("").unwrap());
        assert_eq!((first, second, arena.left()), ("añb", "", 6));
        assert_eq!(arena.copy("1234567"), Err(Full { asked: 7, left: 6 }));
    }

    #[test]
    fn the_next_frame_has_the_whole_buffer() {
        let mut buffer = vec![0; 64 * 1024];
        let left = frame(&mut buffer);
        assert!(left.is_ok());
        assert_eq!(frame(&mut buffer), left);
        assert!(frame(&mut buffer[..10_000]).is_err());
    }

    #[test]
    fn a_frame_stays_in_budget() {
        let mut buffer = vec![0; 64 * 1024];
        let left = BUDGET.assert_holds(|| frame(black_box(&mut buffer)));
        assert!(left.is_ok());
    }
}
