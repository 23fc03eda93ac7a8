//! Medians with intervals.

use serde::Serialize;

/// Two binaries of one source differ in time by as much as this, because the same code lies elsewhere in them.
pub const PLACEMENT: f64 = 0.05;

/// A median, and an interval that holds the true one in 95 of 100 runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Half of the samples were smaller.
    pub median: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Reads median and interval off the sorted samples by rank, like the meter does; `None` where there are none.
    pub fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.retain(|sample| sample.is_finite());
        samples.sort_unstable_by(f64::total_cmp);
        let last = samples.len().checked_sub(1)?;
        let reach = 0.98 * (samples.len() as f64).sqrt();
        let middle = last as f64 / 2.0;
        let low = (middle - reach).floor().max(0.0) as usize;
        let high = ((middle + reach).ceil() as usize).min(last);
        Some(Self {
            median: (samples[last / 2] + samples[last.div_ceil(2)]) / 2.0,
            low: samples[low],
            high: samples[high],
        })
    }

    /// The ratios of samples that were taken in the same rounds.
    pub fn of_ratios(above: &[f64], below: &[f64]) -> Option<Self> {
        let ratios = above.iter().zip(below).map(|(above, below)| above / below);
        Self::of(ratios.collect())
    }

    /// Whether a ratio of counts may as well be 1: they don't depend on where the linker put the code.
    pub fn includes_one(&self) -> bool {
        self.low <= 1.0 && 1.0 <= self.high
    }

    /// Whether a ratio of times may as well be 1: the interval includes it, or lies so near that where the linker put
    /// the code explains the rest.
    pub fn is_noise(&self) -> bool {
        self.low <= 1.0 + PLACEMENT && 1.0 - PLACEMENT <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn the_interval_is_read_off_by_rank() {
        let interval = Interval::of((1..=41).rev().map(f64::from).collect());
        let expected = Interval {
            median: 21.0,
            low: 14.0,
            high: 28.0,
        };
        assert_eq!(interval, Some(expected));
        let even = Interval::of(vec![4.0, 1.0]);
        assert_eq!(even.map(|it| it.median), Some(2.5));
    }

    #[test]
    fn ratios_are_paired() {
        // Both slow down together; their ratio doesn't change.
        let above: Vec<f64> = (1..=41).map(|it| f64::from(it) * 2.0).collect();
        let below: Vec<f64> = (1..=41).map(f64::from).collect();
        let ratio = Interval::of_ratios(&above, &below).expect("there are samples");
        assert_eq!((ratio.low, ratio.high), (2.0, 2.0));
        assert!(!ratio.is_noise());
    }

    #[test]
    fn noise_is_what_includes_one_or_comes_near() {
        let is_noise = |low, high| {
            let median = (low + high) / 2.0;
            Interval { median, low, high }.is_noise()
        };
        assert!(is_noise(0.9, 1.1) && is_noise(0.93, 0.99) && is_noise(1.04, 1.5));
        assert!(!is_noise(0.8, 0.94) && !is_noise(1.06, 1.07));
    }

    #[test]
    fn nothing_measured_has_no_median() {
        assert_eq!(Interval::of(vec![]), None);
        assert_eq!(Interval::of_ratios(&[0.0], &[0.0]), None);
    }
}
