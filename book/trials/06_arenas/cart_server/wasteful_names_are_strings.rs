//! Keeps its arena, and has a string for each name.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::fmt::Write;

measuring::install!();

/// For the carts of a minute, on a till that has seen some before.
const BUDGET: measuring::Budget = measuring::Budget::of("cart_server").allocations(0);

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

    /// Writes the receipt of a cart over what the buffer held. Articles without a name are left out, and a count that
    /// is no number counts as one.
    fn ring_up(&mut self, cart: &str, receipt: &mut String) {
        receipt.clear();
        let arena = &self.arena;
        // Room for all from the start: what a vector outgrows stays in the arena.
        let mut articles = ArenaVec::with_capacity_in(cart.split(',').count(), arena);
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
        drop(articles);
        // A reset keeps the last chunk, however large it is.
        self.arena.reset();
        if self.arena.allocated_bytes() > MOST_KEPT {
            self.arena = Bump::new();
        }
    }
}

fn main() {
    let carts = sample(100);
    let (mut till, mut receipt) = (Till::new(), String::new());
    // Twice: the last chunk of the first round may be too small to hold a whole cart by itself.
    for _ in 0..2 {
        ring_up_all(&mut till, &carts, &mut receipt);
    }
    measuring::show(BUDGET, || ring_up_all(&mut till, &carts, &mut receipt));
}

fn ring_up_all(till: &mut Till, carts: &[String], receipt: &mut String) -> usize {
    let mut written = 0;
    for cart in carts {
        till.ring_up(cart, receipt);
        written += receipt.len();
    }
    written
}

/// Carts of up to 40 articles.
fn sample(carts: usize) -> Vec<String> {
    let article = |number: usize| {
        let name = ["apple", "Pear", "quince", "crème fraîche"][number % 4];
        format!("{name} {}*{}", number % 7, number % 5)
    };
    let cart = |number: usize| {
        let articles: Vec<String> = (0..1 + number * 11 % 40)
            .map(|it| article(it + number))
            .collect();
        articles.join(",")
    };
    (0..carts).map(cart).collect()
}
