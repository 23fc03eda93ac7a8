//! An allocation that the optimiser leaves out, and what keeps it.

use std::hint::black_box;

use super::scattered;

/// Prices in cents.
pub struct Prices {
    cents: Vec<u32>,
}

impl Prices {
    /// A thousand of them.
    pub fn of_1000() -> Self {
        Self {
            cents: scattered(2)
                .take(1_000)
                .map(|it| it as u32 % 10_000)
                .collect(),
        }
    }
}

// ANCHOR: in_plain_sight
/// Boxes every price. The optimiser sees the box come and go, and leaves it out.
pub fn in_plain_sight(prices: &Prices) -> u64 {
    let mut total = 0;
    for cents in &prices.cents {
        let boxed = Box::new(u64::from(*cents));
        total += *boxed;
    }
    total
}
// ANCHOR_END: in_plain_sight

// ANCHOR: behind_black_box
/// Boxes every price. The optimiser has to assume that somebody looks at the box.
pub fn behind_black_box(prices: &Prices) -> u64 {
    let mut total = 0;
    for cents in &prices.cents {
        let boxed = black_box(Box::new(u64::from(*cents)));
        total += *boxed;
    }
    total
}
// ANCHOR_END: behind_black_box
