//! Takes a change for faster only if its mean says so as well, and one disturbed run hides it.

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
    if after.high < before.low && after.mean < before.mean {
        Verdict::Faster
    } else if after.low > before.high && after.mean > before.mean {
        Verdict::Slower
    } else {
        Verdict::Noise
    }
}

struct Interval {
    low: u64,
    high: u64,
    mean: u64,
}

fn interval(times: &mut [u64]) -> Option<Interval> {
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    let reach = (times.len() as f64).sqrt().ceil() as usize;
    Some(Interval {
        mean: (times.iter().map(|&it| u128::from(it)).sum::<u128>() / times.len() as u128) as u64,
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    })
}
