//! An arena for one request after the other.

use bumpalo::Bump;

/// An arena that is emptied after every use, and keeps at most so many bytes for the next one.
///
/// What is allocated while a request is handled is gone when it is done. The compiler sees to it that nothing
/// borrowed from the arena gets out; what should stay is copied:
///
/// ```
/// use arenas::Scratch;
///
/// let mut scratch = Scratch::keeping(64 * 1024);
/// let shouted = scratch.with(|arena| {
///     let mut word = bumpalo::collections::String::from_str_in("heap", arena);
///     word.make_ascii_uppercase();
///     word.as_str().to_owned()
/// });
/// assert_eq!(shouted, "HEAP");
/// ```
///
/// ```compile_fail
/// # let mut scratch = arenas::Scratch::keeping(64 * 1024);
/// let escaped = scratch.with(|arena| arena.alloc_str("heap")); // lifetime may not live long enough
/// ```
#[derive(Debug)]
pub struct Scratch {
    arena: Bump,
    keep: usize,
}

impl Scratch {
    /// An arena without memory, that will keep at most `keep` bytes between two uses.
    pub fn keeping(keep: usize) -> Self {
        Self {
            arena: Bump::new(),
            keep,
        }
    }

    // ANCHOR: with
    /// Lends the arena, and empties it afterwards, even where `work` panics.
    pub fn with<R>(&mut self, work: impl FnOnce(&Bump) -> R) -> R {
        let lent = Lent(self);
        work(&lent.0.arena)
    }
    // ANCHOR_END: with

    /// How many bytes are kept for the next use, with what the arena itself takes of them.
    pub fn kept(&self) -> usize {
        self.arena.allocated_bytes_including_metadata()
    }

    // ANCHOR: empty
    fn empty(&mut self) {
        // Frees every chunk but the last, which is the largest.
        self.arena.reset();
        if self.kept() > self.keep {
            self.arena = Bump::new();
        }
    }
    // ANCHOR_END: empty
}

/// Empties the arena when it comes back.
struct Lent<'a>(&'a mut Scratch);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.0.empty();
    }
}
