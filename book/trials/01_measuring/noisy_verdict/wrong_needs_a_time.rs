//! Takes the middle of a list that may be empty.

#![forbid(unsafe_code)]

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Faster,
    Slower,
    Noise,
}

/// What a change did, from times before and after it. Both lists may be reordered.
fn verdict(before: &mut [u64], after: &mut [u64]) -> Verdict {
    let (before, after) = (interval(before), interval(after));
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

fn interval(times: &mut [u64]) -> Interval {
    times.sort_unstable();
    let last = times.len() - 1;
    let reach = (times.len() as f64).sqrt().ceil() as usize;
    Interval {
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    }
}
