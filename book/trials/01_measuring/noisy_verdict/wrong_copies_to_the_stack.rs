//! Sorts copies in arrays on the stack, which hold 131,072 times.

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
    let mut copy = [0; 131_072];
    copy[..times.len()].copy_from_slice(times);
    let times = &mut copy[..times.len()];
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    let reach = (times.len() as f64).sqrt().ceil() as usize;
    Some(Interval {
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    })
}
