//! One text for all names and one list of ranges, which the till keeps.

#![forbid(unsafe_code)]

use std::fmt::Write;
use std::ops::Range;

/// The most bytes that a till keeps from one cart to the next.
const MOST_KEPT: usize = 65_536;

/// Answers one cart after the other.
#[derive(Default)]
struct Till {
    names: String,
    articles: Vec<(Range<usize>, u64)>,
}

impl Till {
    fn new() -> Self {
        Self::default()
    }

    fn ring_up(&mut self, cart: &str, receipt: &mut String) {
        receipt.clear();
        let Self { names, articles } = self;
        names.push_str(cart);
        names.make_ascii_uppercase();
        let mut start = 0;
        for article in cart.split(',') {
            let (name, count) = article.split_once('*').unwrap_or((article, "1"));
            if !name.is_empty() {
                let range = start..start + name.len();
                articles.push((range, count.parse().unwrap_or(1)));
            }
            start += article.len() + 1;
        }
        articles
            .sort_unstable_by(|(one, _), (other, _)| names[one.clone()].cmp(&names[other.clone()]));
        let same = |(one, _): &(Range<usize>, u64), (other, _): &(Range<usize>, u64)| {
            names[one.clone()] == names[other.clone()]
        };
        for same in articles.chunk_by(same) {
            let count = same
                .iter()
                .fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
            let _ = writeln!(receipt, "{count:>5} {}", &names[same[0].0.clone()]);
        }
        names.clear();
        articles.clear();
        names.shrink_to(MOST_KEPT / 4);
        articles.shrink_to(MOST_KEPT / 2 / size_of::<(Range<usize>, u64)>());
    }
}
