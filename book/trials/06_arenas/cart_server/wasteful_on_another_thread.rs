//! The starter, on a thread of its own.

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::fmt::Write;

/// The most bytes that a till keeps from one cart to the next.
const MOST_KEPT: usize = 65_536;

/// Answers one cart after the other.
struct Till;

impl Till {
    fn new() -> Self {
        Self
    }

    /// Writes the receipt of a cart over the buffer's old text. Leaves out articles without a name.
    /// A count that is no `u64` counts as one, and a sum stops at `u64::MAX`.
    fn ring_up(&mut self, cart: &str, receipt: &mut String) {
        let till = || Self::answer(cart, receipt);
        std::thread::scope(|scope| scope.spawn(till).join().unwrap());
    }

    fn answer(cart: &str, receipt: &mut String) {
        receipt.clear();
        // TODO: this arena and every name are allocated again for each cart.
        let arena = Bump::with_capacity(MOST_KEPT / 2);
        let mut articles = ArenaVec::new_in(&arena);
        for article in cart.split(',') {
            let (name, count) = article.split_once('*').unwrap_or((article, "1"));
            let count: u64 = count.parse().unwrap_or(1);
            if !name.is_empty() {
                articles.push((name.to_ascii_uppercase(), count));
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
    }
}
