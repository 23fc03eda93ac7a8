//! Setup inside the measured region, and outside of it: adding up a bill.

/// A bill as it comes from the till: a line per article, `3 x 250`.
pub struct Bill {
    lines: Vec<String>,
}

impl Bill {
    /// A thousand lines.
    pub fn of_1000() -> Self {
        let line = |number: u32| format!("{} x {}", number % 7 + 1, number * 37 % 1_000);
        Self {
            lines: (0..1_000).map(line).collect(),
        }
    }

    fn total(&self) -> u64 {
        let price = |line: &String| {
            let (count, cents) = line.split_once(" x ")?;
            Some(count.parse::<u64>().ok()? * cents.parse::<u64>().ok()?)
        };
        self.lines.iter().filter_map(price).sum()
    }
}

// ANCHOR: inside
/// Makes a bill and adds it up: the making is measured too.
pub fn inside(_: &Bill) -> u64 {
    Bill::of_1000().total()
}
// ANCHOR_END: inside

// ANCHOR: outside
/// Adds up a bill that was made before.
pub fn outside(bill: &Bill) -> u64 {
    bill.total()
}
// ANCHOR_END: outside
