//! A shop's till is sent carts, `apple*3,pear,APPLE`, and answers with receipts: each article once, in upper case
//! (as far as the letters are ASCII) and in order, with its count. What it needs in between lives for one cart.
//!
//! It has an arena for that, and makes a new one for each cart, which takes its room anew; the names are strings all
//! the same. A till that runs all day should take from the allocator on its first carts, and then never again. But
//! a wholesaler's cart of a megabyte comes by now and then, and its memory must not stay.
//!
//! | measure                    | budget | why                                         |
//! |----------------------------|--------|---------------------------------------------|
//! | allocations, once it is warm    |      0 | the arena is there, and so is the receipt   |
//! | live, after the wholesaler | 65,536 | what the till may keep for the next cart    |

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

    /// Writes the receipt of a cart over what the buffer held. Articles without a name are left out, and a count that
    /// is no number counts as one.
    fn ring_up(&mut self, cart: &str, receipt: &mut String) {
        receipt.clear();
        // TODO: let the till keep its arena (but no more of it than MOST_KEPT), and let the names live there too.
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

// ---- Change nothing below this line. ----

measuring::install!();

/// For the carts of a minute, on a till that has seen some before.
const BUDGET: measuring::Budget = measuring::Budget::of("cart_server").allocations(0);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, heap};
    use std::hint::black_box;

    fn receipt(cart: &str) -> String {
        let mut receipt = String::from("the last customer's");
        Till::new().ring_up(cart, &mut receipt);
        receipt
    }

    #[test]
    fn articles_are_added_up() {
        assert_eq!(receipt("apple*3,pear,APPLE"), "    4 APPLE\n    1 PEAR\n");
        assert_eq!(receipt("pear*10,apple"), "    1 APPLE\n   10 PEAR\n");
        assert_eq!(receipt("crème,Crème"), "    2 CRèME\n");
        assert_eq!(receipt("ab,a b,a"), "    1 A\n    1 A B\n    1 AB\n");
    }

    #[test]
    fn odd_carts_have_receipts_too() {
        assert_eq!(receipt(""), "");
        assert_eq!(receipt(",*3,,"), "");
        assert_eq!(receipt("apple*many,apple*"), "    2 APPLE\n");
        let most = format!("apple*{0},apple*{0}", u64::MAX);
        assert_eq!(receipt(&most), format!("{} APPLE\n", u64::MAX));
    }

    #[test]
    fn no_cart_sees_another() {
        let (mut till, mut receipt_of_this) = (Till::new(), String::new());
        for cart in sample(100) {
            till.ring_up(&cart, &mut receipt_of_this);
            assert_eq!(receipt_of_this, receipt(&cart));
        }
    }

    #[test]
    fn a_warm_till_takes_nothing() {
        let carts = sample(100);
        let (mut till, mut receipt) = (Till::new(), String::new());
        let written = ring_up_all(&mut till, &carts, &mut receipt);
        ring_up_all(&mut till, &carts, &mut receipt);
        for _ in 0..3 {
            let again = BUDGET.assert_holds(|| {
                ring_up_all(black_box(&mut till), black_box(&carts), &mut receipt)
            });
            assert_eq!(again, written);
        }
    }

    #[test]
    fn the_wholesalers_memory_goes_back() {
        let articles: Vec<String> = (0..100_000).map(|number| format!("a{number}")).collect();
        let wholesale = articles.join(",");
        let mut till = Till::new();
        let mut receipt = String::new();
        let (_, first) = heap(|| till.ring_up(&wholesale, &mut receipt));
        assert!(
            first.peak > 1_000_000,
            "a receipt of a megabyte needs its room"
        );
        let budget = Budget::of("cart_server").live(MOST_KEPT as i64);
        budget.assert_holds(|| {
            let mut till = Till::new();
            let mut receipt = String::new();
            till.ring_up(black_box(&wholesale), &mut receipt);
            till.ring_up(black_box("apple"), &mut receipt);
            till
        });
    }
}
