//! Takes the reach of the first list for both.

#![forbid(unsafe_code)]

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Faster,
    Slower,
    Noise,
}

/// What a change did, from times before and after it. Both lists may be reordered.
fn verdict(before: &mut [u64], after: &mut [u64]) -> Verdict {
    let reach = (before.len() as f64).sqrt().ceil() as usize;
    let (Some(before), Some(after)) = (interval(before, reach), interval(after, reach)) else {
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

fn interval(times: &mut [u64], reach: usize) -> Option<Interval> {
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    Some(Interval {
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    })
}
