//! Compares times as `f64`, in which neighbours above 2^53 are equal.

#![forbid(unsafe_code)]

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
    if (after.high as f64) < before.low as f64 {
        Verdict::Faster
    } else if after.low as f64 > before.high as f64 {
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
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    let reach = (times.len() as f64).sqrt().ceil() as usize;
    Some(Interval {
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    })
}
