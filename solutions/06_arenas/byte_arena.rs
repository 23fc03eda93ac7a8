//! A game allocates for one frame and frees all of it before the next. It has one buffer for that.
//! An arena hands out pieces of the buffer until it is full. The next frame starts with a new arena
//! over the same buffer, and no piece of the last frame may be in use: that wouldn't compile.
//! Pieces are cut off from the back: a piece starts at `end - length`, rounded down to an address
//! that `align` divides, also when it is empty. The bytes after it are lost. Example: with 16 free
//! bytes at address 1,000, `alloc(5, 4)` → 1,008 to 1,012, and 8 bytes stay free.
//!
//! | measure                        | budget | why                              |
//! |--------------------------------|--------|----------------------------------|
//! | allocations, bytes, peak, live |      0 | all pieces are parts of a buffer |

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
        let copy = self.alloc(text.len(), 1)?;
        copy.copy_from_slice(text.as_bytes());
        Ok(str::from_utf8(copy).expect("a copy of text is text"))
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("byte_arena")
    .allocations(0)
    .bytes(0)
    .peak(0)
    .live(0);

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
    use super::{BUDGET, ByteArena, Full, frame};
    use measuring::assert_gives;
    use std::hint::black_box;

    /// Cuts pieces off a buffer and compares each with a plain computation.
    #[track_caller]
    fn assert_cuts(buffer: &mut [u8], pieces: impl IntoIterator<Item = (usize, usize)>) {
        let first = buffer.as_ptr().addr();
        let mut end = first + buffer.len();
        let arena = ByteArena::over(buffer);
        for (length, align) in pieces {
            let left = end - first;
            let start = end.saturating_sub(length) / align * align;
            let expected = if start < first {
                Err(Full {
                    asked: length,
                    left,
                })
            } else {
                end = start;
                Ok((start - first, length))
            };
            let piece = arena.alloc(black_box(length), black_box(align));
            let came = piece.map(|it| (it.as_ptr().addr().wrapping_sub(first), it.len()));
            let input = format_args!("{length} bytes by {align} of {left} at {first:#x}");
            assert_gives(
                format_args!("start and length of {input}"),
                &came,
                &expected,
            );
            let input = format_args!("free bytes after {input}");
            assert_gives(input, &arena.left(), &(end - first));
        }
    }

    #[measuring::test]
    fn all_of_the_buffer_can_be_had() {
        let most = usize::MAX;
        let pieces = [
            (17, 1),
            (10, 1),
            (7, 1),
            (most, 1),
            (most - 7, 8),
            (6, 1),
            (1, 1),
            (0, 1),
        ];
        assert_cuts(&mut [0; 16], pieces);
        assert_cuts(&mut [0; 16], [(16, 1), (0, 1), (1, 1), (0, 1)]);
        assert_cuts(&mut [], [(0, 1), (1, 1), (most, 1)]);

        let mut buffer = [0; 16];
        let piece = ByteArena::over(&mut buffer).alloc(4, 1);
        let length = piece.map(|it| it.len());
        assert_gives("length of a piece that outlives its arena", &length, &Ok(4));
    }

    #[measuring::test]
    fn addresses_are_aligned_wherever_the_buffer_is() {
        let mut buffer = [0; 512];
        for offset in 0..64 {
            let pieces = [
                (1, 1),
                (8, 8),
                (3, 2),
                (16, 16),
                (0, 4),
                (5, 1),
                (0, 8),
                (12, 4),
                (1, 64),
                (0, 1),
                (3, 32),
                (0, 16),
            ];
            assert_cuts(&mut buffer[offset..], pieces);
            assert_cuts(
                &mut buffer[offset..offset + 40],
                [(7, 8), (3, 4), (9, 16), (0, 32), (2, 2)],
            );
        }
    }

    #[measuring::test]
    fn pieces_that_would_fit_unaligned_are_refused() {
        #[repr(align(128))]
        struct Aligned([u8; 128]);
        let mut buffer = Aligned([0; 128]);
        assert_cuts(
            &mut buffer.0[1..32],
            [(16, 32), (0, 32), (16, 16), (15, 16), (15, 1)],
        );
        for align in [64, 4_096, 1 << 20, 1 << 40, 1 << 63] {
            assert_cuts(
                &mut buffer.0[1..63],
                [(16, align), (0, align), (62, align), (62, 1)],
            );
        }
    }

    #[measuring::test]
    fn large_buffers_are_cut_as_well() {
        let mut buffer = vec![0; 20 << 20];
        for size in [255, 256, 257, 65_535, 65_536, 70_001, 20 << 20] {
            let pieces = [
                (1, 1),
                (size / 2, 8),
                (3, 1),
                (size / 3, 4),
                (size, 1),
                (size / 12, 1),
            ];
            assert_cuts(&mut buffer[..size], pieces);
        }
    }

    #[measuring::test]
    fn texts_are_copied() {
        let mut buffer = [0; 10];
        let arena = ByteArena::over(&mut buffer);
        let texts = (arena.copy("añb"), arena.copy(""), arena.left());
        assert_gives(
            "copies of \"añb\" and \"\"",
            &texts,
            &(Ok("añb"), Ok(""), 6),
        );
        let full = Full { asked: 7, left: 6 };
        assert_gives("a copy of 7 bytes", &arena.copy("1234567"), &Err(full));
        let texts = (arena.copy("é→x"), arena.left());
        assert_gives("a copy of \"é→x\" in 6 bytes", &texts, &(Ok("é→x"), 0));
        assert_gives("the buffer", &&buffer[..], &"é→xañb".as_bytes());

        let long = "år".repeat(30_000);
        let mut buffer = vec![0; 100_000];
        let arena = ByteArena::over(&mut buffer);
        let same = arena.copy(&long).is_ok_and(|it| it == long);
        assert_gives(
            "a copy of 90,000 bytes is the same",
            &(same, arena.left()),
            &(true, 10_000),
        );
        let failed = arena.copy(&long).is_err();
        assert_gives(
            "a second one fails",
            &(failed, arena.left()),
            &(true, 10_000),
        );
    }

    #[measuring::test]
    fn a_frame_stays_in_budget() {
        let mut buffer = vec![0; 64 * 1024];
        for round in ["first", "second"] {
            let left = BUDGET.assert_holds_in_process(|| frame(black_box(&mut buffer)));
            assert_gives(
                format_args!("whether the {round} frame fits"),
                &left.is_ok(),
                &true,
            );
        }
        let mut small = vec![0; 10_000];
        let full = BUDGET.assert_holds(|| frame(black_box(&mut small)));
        assert_gives(
            "whether a frame in 10,000 bytes fails",
            &full.is_err(),
            &true,
        );
    }
}
