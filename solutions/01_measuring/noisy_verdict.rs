//! Before a change is merged, a script runs the old and the new build in turns and times both. This code reads the two
//! lists of nanoseconds and says whether the change made the program faster.
//!
//! One of two means is always the lower: a verdict needs to know how far its figures can be trusted. Ranks say so, and
//! one bad time can't sway them:
//!
//! - Sort each list. In the middle of `n` sorted times stand those with the indices `(n - 1) / 2` and `n / 2`, which
//!   are one and the same where `n` is odd.
//! - The true median is somewhere around them; with six times or more, in at least 95 of 100 runs within this
//!   interval: from √n places (rounded up) below the first of the two to as many places above the second, or to the
//!   list's end where that is nearer. Of 41 times it runs from the 14th to the 28th, of 36 from the 12th to the 25th.
//! - A change is faster if its whole interval lies below the old one, slower if it lies above. If they share so much
//!   as one nanosecond, or a list is empty, the difference is noise.
//!
//! The script needs its lists no more and hands them over.
//!
//! | measure | budget | why                                 |
//! |---------|--------|-------------------------------------|
//! | allocations  |      0 | the lists are sorted where they are |

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
    // In place: the stable `sort` would ask for a buffer.
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    let reach = (times.len() as f64).sqrt().ceil() as usize;
    Some(Interval {
        low: times[(last / 2).saturating_sub(reach)],
        high: times[(times.len() / 2 + reach).min(last)],
    })
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("noisy_verdict").allocations(0);

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

#[cfg(test)]
mod tests {
    use super::Verdict::{Faster, Noise, Slower};
    use super::*;
    use std::hint::black_box;

    #[track_caller]
    fn check(before: &[u64], after: &[u64], expected: Verdict) {
        let (mut before, mut after) = (before.to_vec(), after.to_vec());
        assert_eq!(verdict(&mut before, &mut after), expected);
    }

    #[test]
    fn the_same_times_are_noise() {
        check(&sample(41, 1_000), &sample(41, 1_000), Noise);
    }

    #[test]
    fn a_disturbance_is_no_win() {
        let mut before = sample(41, 1_000);
        before[7] = 900_000;
        check(&before, &sample(41, 1_000), Noise);
    }

    #[test]
    fn a_lucky_run_is_no_win() {
        let mut after = sample(41, 1_000);
        after[7] = 1;
        check(&sample(41, 1_000), &after, Noise);
    }

    #[test]
    fn a_small_step_is_within_noise() {
        check(&sample(41, 1_000), &sample(41, 990), Noise);
    }

    #[test]
    fn a_disturbance_hides_no_win_and_no_loss() {
        let mut disturbed = sample(41, 900);
        disturbed[40] = 900_000;
        check(&sample(41, 1_000), &disturbed, Faster);
        check(&disturbed, &sample(41, 1_000), Slower);
    }

    #[test]
    fn an_interval_ends_on_its_ranks() {
        // Of 41 times from 1,000 on, it runs from the 14th to the 28th: 1,013 to 1,027.
        let before: Vec<u64> = (1_000..1_041).rev().collect();
        let after = |shift: u64| before.iter().map(|time| time - shift).collect::<Vec<_>>();
        check(&before, &after(14), Noise);
        check(&before, &after(15), Faster);
        check(&after(14), &before, Noise);
        check(&after(15), &before, Slower);
    }

    #[test]
    fn an_even_list_has_two_middles() {
        // Of 36 times, from the 12th to the 25th.
        let before: Vec<u64> = (1_000..1_036).collect();
        let after = |shift: u64| before.iter().map(|time| time - shift).collect::<Vec<_>>();
        check(&before, &after(13), Noise);
        check(&before, &after(14), Faster);
    }

    #[test]
    fn short_lists_give_all_they_have() {
        check(&[30, 10, 20], &[9, 8, 7], Faster);
        check(&[30, 10, 20], &[8, 10, 9], Noise);
        check(&[10], &[11], Slower);
    }

    #[test]
    fn no_times_no_verdict() {
        check(&[], &[], Noise);
        check(&[1], &[], Noise);
        check(&[], &[1], Noise);
    }

    #[test]
    fn ten_thousand_times_stay_in_budget() {
        let (mut before, mut after) = (sample(10_000, 1_204), sample(10_000, 1_200));
        let work = || verdict(black_box(&mut before), black_box(&mut after));
        black_box(BUDGET.assert_holds(work));
    }
}
