//! Puts an interval around the mean, and one bad time tears it open.

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
    if times.is_empty() {
        return None;
    }
    let count = times.len() as f64;
    let mean = times.iter().map(|&time| time as f64).sum::<f64>() / count;
    let squares = times.iter().map(|&time| (time as f64 - mean).powi(2));
    let error = 1.96 * squares.sum::<f64>().sqrt() / count;
    Some(Interval {
        low: (mean - error) as u64,
        high: (mean + error) as u64,
    })
}
