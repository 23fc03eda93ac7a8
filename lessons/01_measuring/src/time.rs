//! Time per call, by median and spread.
//!
//! One call is too short for the clock and one measurement too moody for a decision. So calls are run in *batches*
//! that last about a millisecond, many batches are timed, and the median is given with an interval around it.
//! The loop that makes the calls is timed empty and subtracted. Nothing is counted meanwhile: with no region open,
//! the meter's whole price is one load per allocation.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::meter;

/// How long a batch should last at least: a thousand times what reading the clock costs.
const BATCH: Duration = Duration::from_millis(1);
/// How many batches [`time()`] takes.
const BATCHES: usize = 41;

/// Time per call in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Time {
    /// Half of the batches were faster.
    pub median_ns: f64,
    /// Lower end of an interval that holds the true median in 95 of 100 runs on a quiet machine.
    pub low_ns: f64,
    /// Upper end of that interval.
    pub high_ns: f64,
}

impl Time {
    // ANCHOR: median
    /// The median of some times and its 95 % interval, which is read off the sorted times by rank and so assumes
    /// nothing about how noise is distributed (the sign test's interval; see Conover, *Practical Nonparametric
    /// Statistics*, on quantiles). With fewer than six times, the interval is all of them.
    ///
    /// # Panics
    ///
    /// Where there are no times.
    pub fn from_samples(mut samples_ns: Vec<f64>) -> Self {
        assert!(!samples_ns.is_empty(), "a median needs at least one time");
        samples_ns.sort_unstable_by(f64::total_cmp);
        let count = samples_ns.len();
        let reach = 0.98 * (count as f64).sqrt();
        let middle = (count - 1) as f64 / 2.0;
        let low = (middle - reach).floor().max(0.0) as usize;
        let high = ((middle + reach).ceil() as usize).min(count - 1);
        let median = (samples_ns[(count - 1) / 2] + samples_ns[count / 2]) / 2.0;
        Self {
            median_ns: median,
            low_ns: samples_ns[low],
            high_ns: samples_ns[high],
        }
    }
    // ANCHOR_END: median
}

/// Times `work` by median and spread. Setup stays outside: build the input before, and let `work` borrow it.
///
/// What `work` returns is dropped inside the timed loop; freeing is part of what an allocation costs.
///
/// ```
/// let words = ["a"; 1_000];
/// let time = measuring::time(|| words.join(","));
/// assert!(time.low_ns <= time.median_ns && time.median_ns <= time.high_ns);
/// ```
///
/// # Panics
///
/// Where a region is open: counting would be timed as well.
#[track_caller]
pub fn time<T>(work: impl FnMut() -> T) -> Time {
    let mut timer = Timer::calibrated(work);
    Time::from_samples((0..BATCHES).map(|_| timer.batch_ns()).collect())
}

/// Times one batch after another, so that a caller can interleave the batches of several programs.
#[derive(Debug)]
pub struct Timer<F> {
    work: F,
    calls: u32,
    empty_ns: f64,
}

impl<T, F: FnMut() -> T> Timer<F> {
    /// Finds how many calls make a batch, which warms the work up as well.
    ///
    /// # Panics
    ///
    /// Where a region is open.
    #[track_caller]
    pub fn calibrated(mut work: F) -> Self {
        assert!(
            !meter::is_counting(),
            "the meter is counting: close the region before timing"
        );
        let mut calls = 1u32;
        while calls < u32::MAX / 2 && run(calls, &mut work) < BATCH {
            calls *= 2;
        }
        let mut empty: Vec<f64> = (0..5).map(|_| per_call(calls, &mut || {})).collect();
        empty.sort_unstable_by(f64::total_cmp);
        Self {
            work,
            calls,
            empty_ns: empty[2],
        }
    }

    /// Runs one batch: nanoseconds per call, the empty loop's share taken off.
    pub fn batch_ns(&mut self) -> f64 {
        (per_call(self.calls, &mut self.work) - self.empty_ns).max(0.0)
    }
}

fn per_call<T>(calls: u32, work: &mut impl FnMut() -> T) -> f64 {
    run(calls, work).as_nanos() as f64 / f64::from(calls)
}

fn run<T>(calls: u32, work: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(work());
    }
    start.elapsed()
}

/// A time in the unit that suits it, with three figures: `417 ns`, `1.62 us`, `12.3 ms`.
pub fn readable(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999_500.0 => (ns / 1e3, "us"),
        ns if ns < 999_500_000.0 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let decimals = match value {
        value if value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_read_off_by_rank() {
        let time = Time::from_samples((1..=41).map(f64::from).collect());
        assert_eq!(
            (time.low_ns, time.median_ns, time.high_ns),
            (14.0, 21.0, 28.0)
        );
    }

    #[test]
    fn outliers_move_neither_median_nor_interval() {
        let mut samples: Vec<f64> = (1..=41).map(f64::from).collect();
        samples[40] = 1e9;
        assert_eq!(Time::from_samples(samples).high_ns, 28.0);
    }

    #[test]
    fn few_samples_give_all_they_have() {
        let time = Time::from_samples(vec![3.0, 1.0]);
        assert_eq!((time.low_ns, time.median_ns, time.high_ns), (1.0, 2.0, 3.0));
    }

    #[test]
    fn times_are_written_with_three_figures() {
        let times = [0.0, 3.456, 99.97, 417.0, 999.6, 1_620.0, 12_340_000.0, 2e9];
        assert_eq!(
            times.map(readable),
            [
                "0.00 ns", "3.46 ns", "100 ns", "417 ns", "1.00 us", "1.62 us", "12.3 ms", "2.00 s"
            ]
        );
    }
}
