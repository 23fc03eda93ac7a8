//! A script times an old and a new build in turn. This code gets both lists of nanoseconds and says
//! whether the new build is faster. One bad time hardly moves an interval:
//!
//! - Sort a list of `n` times. Its lower middle is at `(n - 1) / 2`, its upper middle at `n / 2`.
//! - Let `reach` be √n, rounded up. The interval runs from `reach` places below the lower middle to
//!   `reach` places above the upper one, cut off at the ends of the list. Of 41 times, it runs from
//!   the 14th to the 28th. (Of six or more, it holds the true median in at least 95 of 100 runs.)
//! - A change is faster if its whole interval lies below the old one, slower if it lies above. If
//!   the two share even one nanosecond, or a list is empty, the difference is noise.
//!
//! | measure     | budget | why                                                          |
//! |-------------|-------:|--------------------------------------------------------------|
//! | allocations |      0 | the script needs its lists no more: they are sorted in place |
//! | live        |      0 | a verdict is one word                                        |

#![forbid(unsafe_code)]

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Faster,
    Slower,
    Noise,
}

/// Returns what a change did, from times before and after it: any `u64`s, up to a few hundred thousand
/// on each side. Both lists may be reordered.
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
    // The stable `sort` would allocate a buffer.
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

const BUDGET: measuring::Budget = measuring::Budget::of("noisy_verdict")
    .allocations(0)
    .live(0);

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
    let (old, new) = (sample(10_000, 1_204), sample(10_000, 1_200));
    let (mut before, mut after) = (old.clone(), new.clone());
    measuring::show(BUDGET, || {
        // Unsorted lists for every call: what an earlier call sorted, a later one would sort for nothing.
        before.copy_from_slice(&old);
        after.copy_from_slice(&new);
        verdict(&mut before, &mut after)
    });
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, Faster, Noise, Slower};
    use super::{BUDGET, sample, verdict};
    use measuring::{assert_gives, awaiting};
    use std::hint::black_box;

    #[track_caller]
    fn check(what: &str, before: &[u64], after: &[u64], expected: Verdict) {
        let (mut old, mut new) = (before.to_vec(), after.to_vec());
        let came = verdict(&mut old, &mut new);
        // All of a short list, and the beginning of a long one.
        let shown = |times: &[u64]| match times {
            [first, second, third, .., last] if times.len() > 8 => {
                format!("[{first}, {second}, {third}, … {last}; {}]", times.len())
            }
            short => format!("{short:?}"),
        };
        let (old, new) = (shown(before), shown(after));
        assert_gives(
            format_args!("{what}, {old} before and {new} after"),
            &format!("{came:?}"),
            &format!("{expected:?}"),
        );
    }

    #[measuring::test]
    fn one_bad_run_decides_nothing() {
        let calm = sample(41, 1_000);
        let mut disturbed = calm.clone();
        disturbed[7] = 900_000;
        check("one disturbed run", &disturbed, &calm, Noise);
        let mut lucky = calm.clone();
        lucky[7] = 1;
        check("one lucky run", &calm, &lucky, Noise);
        check("a step of 10 ns", &calm, &sample(41, 990), Noise);
        let mut disturbed = sample(41, 900);
        disturbed[40] = 900_000;
        check("a step of 100 ns", &calm, &disturbed, Faster);
        check("a step of 100 ns", &disturbed, &calm, Slower);
    }

    #[measuring::test]
    fn no_times_no_verdict() {
        check("nothing", &[], &[], Noise);
        check("nothing", &[1], &[], Noise);
        check("nothing", &[], &[1], Noise);
    }

    /// The indices at which the interval of so many times begins and ends.
    fn interval(count: u64) -> (u64, u64) {
        let root_rounded_up = |it: &u64| it * it >= count;
        let reach = (1..).find(root_rounded_up).expect("there is a root");
        let (lower, upper) = ((count - 1) / 2, count / 2);
        (lower.saturating_sub(reach), (upper + reach).min(count - 1))
    }

    const GAP: u64 = 3;

    /// Holds up to four verdicts against intervals that touch, and that are 1 ns apart. `order` gives each place of a
    /// list of so many times the rank of its time.
    fn check_ends(most: usize, old_count: u64, new_count: u64, order: fn(u64, u64) -> u64) {
        let times = |count: u64, first: u64| -> Vec<u64> {
            let time = |place| first + order(place, count) * GAP;
            (0..count).map(time).collect()
        };
        let first = (1 << 32) - 30;
        let ((old_low, old_high), (new_low, new_high)) = (interval(old_count), interval(new_count));
        let start_is_shared = first + old_low * GAP - new_high * GAP;
        let end_is_shared = first + old_high * GAP - new_low * GAP;
        let before = times(old_count, first);
        let cases = [
            ("sharing the old interval's start", start_is_shared, Noise),
            ("1 ns below the old interval", start_is_shared - 1, Faster),
            ("sharing the old interval's end", end_is_shared, Noise),
            ("1 ns above the old interval", end_is_shared + 1, Slower),
        ];
        for (what, new_first, expected) in cases.into_iter().take(most) {
            check(what, &before, &times(new_count, new_first), expected);
        }
    }

    #[measuring::test]
    fn an_interval_ends_on_its_ranks() {
        let in_no_order = |place: u64, count: u64| place * 7_919 % count;
        for old_count in 1..=50 {
            for new_count in [1, 2, 9, 10, 36, 41, old_count] {
                check_ends(4, old_count, new_count, in_no_order);
            }
        }
    }

    #[measuring::test]
    fn a_list_may_be_long() {
        awaiting("verdicts on lists of 300,000 times");
        let falling = |place: u64, count: u64| count - 1 - place;
        check_ends(1, 300_000, 9, falling);
        check_ends(1, 9, 300_000, falling);
    }

    #[measuring::test]
    fn a_time_is_any_number() {
        for time in [0, 1 << 32, 1 << 53, i64::MAX as u64, u64::MAX - 1] {
            let (low, high) = ([time; 9], [time + 1; 9]);
            check("times that are all equal", &low, &low, Noise);
            check("1 ns slower", &low, &high, Slower);
            check("1 ns faster", &high, &low, Faster);
        }
    }

    #[measuring::test]
    fn lists_of_all_lengths_stay_in_budget() {
        for count in [10, 100, 10_000, 100_000] {
            let (mut before, mut after) = (sample(count, 1_204), sample(count, 1_200));
            let work = || verdict(black_box(&mut before), black_box(&mut after));
            black_box(BUDGET.assert_holds_in_process(work));
        }
    }
}
