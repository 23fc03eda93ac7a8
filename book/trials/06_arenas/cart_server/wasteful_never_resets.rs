//! Never resets the arena.

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::fmt::Write;

/// The most bytes that a till keeps from one cart to the next.
const MOST_KEPT: usize = 65_536;

/// Answers one cart after the other.
struct Till {
    arena: Bump,
}

impl Till {
    fn new() -> Self {
        Self { arena: Bump::new() }
    }

    /// Writes the receipt of a cart over the buffer's old text. Leaves out articles without a name.
    /// A count that is no `u64` counts as one, and a sum stops at `u64::MAX`.
    fn ring_up(&mut self, cart: &str, receipt: &mut String) {
        receipt.clear();
        let arena = &self.arena;
        // The full capacity from the start: a buffer that a vector outgrows stays in the arena.
        let mut articles = ArenaVec::with_capacity_in(cart.split(',').count(), arena);
        for article in cart.split(',') {
            let (name, count) = article.split_once('*').unwrap_or((article, "1"));
            let count: u64 = count.parse().unwrap_or(1);
            if !name.is_empty() {
                let name = arena.alloc_str(name);
                name.make_ascii_uppercase();
                articles.push((&*name, count));
            }
        }
        articles.sort_unstable();
        for same in articles.chunk_by(|(one, _), (other, _)| one == other) {
            let count = same
                .iter()
                .fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
            // Writing to a `String` can't fail.
            let _ = writeln!(receipt, "{:>5} {}", count, same[0].0);
        }
        drop(articles);
        // A reset keeps the last chunk, however large it is.
        if self.arena.allocated_bytes() > MOST_KEPT {
            self.arena = Bump::new();
        }
    }
}
