//! A till answers carts with receipts: `apple*3,pear,APPLE` → `    4 APPLE`, `    1 PEAR`. Articles
//! are sorted, ASCII letters in upper case; the first asterisk separates name and count.
//! What the till needs in between lives for one cart. The till keeps one arena for names and list,
//! and resets it after each cart, so it soon allocates no more. Now and then comes the cart of a
//! wholesaler; an arena that has grown so large is replaced right after it.
//!
//! | measure                                 | budget    | why                              |
//! |-----------------------------------------|-----------|----------------------------------|
//! | allocations, warm, 1 to 300 articles    |         0 | the buffers are there            |
//! | live, also right after a wholesaler     |    70,000 | `MOST_KEPT`, and a footer        |
//! | peak for a wholesaler's 20,000 articles | 5,000,000 | a list and names, nothing spare  |

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
        self.arena.reset();
        if self.arena.allocated_bytes() > MOST_KEPT {
            self.arena = Bump::new();
        }
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// For the carts of a minute, on a till that has seen carts as large before.
const BUDGET: measuring::Budget = measuring::Budget::of("cart_server")
    .allocations(0)
    .bytes(0)
    .peak(0)
    .live(0);

fn main() {
    let (yesterday, today) = (sample(100, 1, 40), sample(100, 2, 40));
    let (mut till, mut receipt) = (Till::new(), String::new());
    // Twice: the last chunk of the first round may be too small to hold a whole cart by itself.
    for _ in 0..2 {
        ring_up_all(&mut till, &yesterday, &mut receipt);
    }
    measuring::show(BUDGET, || ring_up_all(&mut till, &today, &mut receipt));
}

fn ring_up_all(till: &mut Till, carts: &[String], receipt: &mut String) -> usize {
    let mut written = 0;
    for cart in carts {
        till.ring_up(cart, receipt);
        written += receipt.len();
    }
    written
}

/// Carts of a day, of so many articles at most. Each day has other names, which are as long.
fn sample(carts: usize, day: usize, most: usize) -> Vec<String> {
    let article = |number: usize| {
        let name = ["apple", "Pear", "quince", "crème fraîche"][number % 4];
        format!("{name} {}{day}*{}", number % 7, number % 5)
    };
    let cart = |number: usize| {
        let articles: Vec<String> = (0..1 + number * 11 % most)
            .map(|it| article(it + number))
            .collect();
        articles.join(",")
    };
    (0..carts).map(cart).collect()
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Till, ring_up_all, sample};
    use measuring::{Budget, assert_gives, assert_work};
    use std::collections::BTreeMap;
    use std::hint::black_box;

    /// What a till may keep, whatever it has seen.
    const KEPT: Budget = Budget::of("cart_server").live(70_000);
    /// For a cart of 20,000 articles.
    const WHOLESALE: Budget = KEPT.peak(5_000_000);

    fn receipt(cart: &str) -> String {
        let mut receipt = String::from("the last customer's");
        Till::new().ring_up(cart, &mut receipt);
        receipt
    }

    /// The receipt by a plain computation.
    fn plain(cart: &str) -> String {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for article in cart.split(',') {
            let mut parts = article.splitn(2, '*');
            let name = parts.next().unwrap_or_default().to_ascii_uppercase();
            let count = parts.next().and_then(|it| it.parse().ok()).unwrap_or(1);
            if !name.is_empty() {
                let sum = counts.entry(name).or_default();
                *sum = sum.saturating_add(count);
            }
        }
        let line = |(name, count): (&String, &u64)| format!("{count:>5} {name}\n");
        counts.iter().map(line).collect()
    }

    #[track_caller]
    fn assert_receipt(cart: &str) {
        let start: String = cart.chars().take(80).collect();
        let input = format_args!("cart {start:?} ({} bytes)", cart.len());
        assert_gives(input, &receipt(black_box(cart)), &plain(cart));
    }

    /// The cart of a wholesaler.
    fn wholesale(name: char) -> String {
        let articles: Vec<String> = (0..20_000).map(|it| format!("{name}{it}*7")).collect();
        articles.join(",")
    }

    #[measuring::test]
    fn articles_are_added_up() {
        for cart in [
            "apple*3,pear,APPLE",
            "pear*10,apple",
            "crème,Crème,CRÈME",
            "straße,STRASSE,ǆ,Ǆ",
            "ab,a b,a",
            "ab, ab,ab ,ab",
            "b,a,b,a,b",
            "zoë*2,Zoë*3,zoe,ZOE*4",
            "a1,a10,a2,A1,a-1,a_1,[,^,z",
            "apple*0,pear*0*1,apple*0",
            "x*99999,y*100000,z*4294967296,z",
            "",
            ",",
            ",*3,,",
            "*",
            "**,*a",
            "apple*many,apple*",
            "apple*-1,apple*2.5,apple* 3,apple*3 ",
            "a*b*3,a*2*3,a**4",
            "apple*18446744073709551615,apple*2",
            "apple*18446744073709551616,apple*2",
            "apple\n*2,apple*2\n",
        ] {
            assert_receipt(cart);
        }
    }

    #[measuring::test]
    fn carts_of_every_size_are_added_up() {
        for articles in [1, 2, 257, 1_001, 70_001] {
            assert_receipt(&vec!["apple"; articles].join(","));
            let name = |it: usize| format!("article {}", it * 7_919 % articles);
            let names: Vec<String> = (0..articles).map(name).collect();
            assert_receipt(&names.join(","));
        }
        for length in [100, 255, 256, 65_535, 65_536, 70_001] {
            let long = "x".repeat(length);
            assert_receipt(&format!("{long}b,{long}a,{long}B*2,{long},b{long}*3"));
        }
    }

    #[measuring::test]
    fn no_cart_sees_another() {
        let (mut till, mut of_this) = (Till::new(), String::new());
        let large = wholesale('w');
        let carts = sample(100, 1, 40);
        let odd = ["", "pear", "pear", "PEAR*2", "peas", "pea", ""].map(str::to_owned);
        for cart in carts.iter().chain(&odd).chain([&large]).chain(&carts[..40]) {
            till.ring_up(cart, &mut of_this);
            assert_gives(format_args!("cart {cart:.80}"), &of_this, &plain(cart));
        }
    }

    /// Rings up other carts of the same size first, and then these.
    #[track_caller]
    fn assert_warm(most: usize, hold: impl Fn(&mut dyn FnMut() -> usize) -> usize) {
        let (yesterday, today) = (sample(100, 1, most), sample(100, 2, most));
        let expected: usize = today.iter().map(|cart| plain(cart).len()).sum();
        let (mut till, mut receipt) = (Till::new(), String::new());
        for _ in 0..2 {
            ring_up_all(&mut till, &yesterday, &mut receipt);
        }
        for _ in 0..3 {
            let mut work = || ring_up_all(black_box(&mut till), black_box(&today), &mut receipt);
            let written = hold(&mut work);
            assert_gives("bytes of the receipts", &written, &expected);
        }
    }

    #[measuring::test]
    fn a_warm_till_allocates_nothing() {
        assert_warm(40, |work| BUDGET.assert_holds_in_process(work));
    }

    #[measuring::test]
    fn a_till_warm_from_large_carts_allocates_nothing() {
        assert_warm(300, |work| BUDGET.assert_holds(work));
    }

    #[measuring::test]
    fn a_till_keeps_little() {
        let (small, large) = (sample(10, 1, 40), [wholesale('a'), wholesale('b')]);
        for carts in [&small[..], &[], &small[..1], &large[..1], &large] {
            let kept = || {
                let mut till = Till::new();
                ring_up_all(&mut till, black_box(carts), &mut String::new());
                till
            };
            // First without the till, so that nothing else may be live.
            KEPT.live(0).assert_holds_in_process(|| {
                kept();
            });
            KEPT.assert_holds_in_process(kept);
        }
    }

    #[measuring::test]
    fn the_wholesalers_memory_is_freed_at_once() {
        let large = [wholesale('a')];
        WHOLESALE.assert_holds_in_process(|| {
            let mut till = Till::new();
            ring_up_all(&mut till, black_box(&large), &mut String::new());
            till
        });
    }

    #[measuring::test]
    fn a_till_hides_nothing_in_the_receipt() {
        let mut till = Till::new();
        for cart in ["pear", &wholesale('a'), "pear"] {
            let mut receipt = String::new();
            till.ring_up(black_box(cart), &mut receipt);
            let spare = (receipt.capacity() - receipt.len()) as u64;
            let what = format!("spare bytes of a receipt of {}", receipt.len());
            assert_work(&what, spare, receipt.len() as u64 + 1_024);
        }
    }
}
