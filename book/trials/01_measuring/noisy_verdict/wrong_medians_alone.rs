//! Compares two medians, and one of them is always the lower.

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("noisy_verdict").allocations(0);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Faster,
    Slower,
    Noise,
}

/// What a change did, from times before and after it. Both lists may be reordered.
fn verdict(before: &mut [u64], after: &mut [u64]) -> Verdict {
    let (Some(before), Some(after)) = (interval(before), interval(after)) else {
        return Verdict::Noise;
    };
    if after.high < before.low {
        Verdict::Faster
    } else if after.low > before.high {
        Verdict::Slower
    } else {
        Verdict::Noise
    }
}

/// Where the true median lies.
struct Interval {
    low: u64,
    high: u64,
}

fn interval(times: &mut [u64]) -> Option<Interval> {
    // In place: the stable `sort` would ask for a buffer.
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    Some(Interval {
        low: times[last / 2],
        high: times[last / 2],
    })
}

/// Times around a centre, up to 50 ns away from it, in no order; every fiftieth was disturbed.
fn sample(count: u64, centre: u64) -> Vec<u64> {
    let time = |n: u64| {
        let away = n * 37 % 101;
        let disturbed = if n % 50 == 49 { 20_000 } else { 0 };
        centre - 50 + away + disturbed
    };
    (0..count).map(time).collect()
}

fn main() {
    let (mut before, mut after) = (sample(10_000, 1_204), sample(10_000, 1_200));
    measuring::show(BUDGET, || verdict(&mut before, &mut after));
}
