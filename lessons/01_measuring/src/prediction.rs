//! Numbers that a learner wrote down before measuring.

use std::cmp::Ordering;

use crate::verdict::{Answer, Verdict, record};

/// Holds a prediction against the measured figure, without giving the figure away.
///
/// ```
/// measuring::install!();
///
/// const ALLOCATIONS: u64 = 1;
/// let (_, cost) = measuring::heap(|| vec![1u8, 2, 3]);
/// measuring::assert_predicted("allocations of a three-byte vec", ALLOCATIONS, cost.allocations);
/// ```
///
/// # Panics
///
/// Where the prediction is wrong, with the direction in which it is wrong.
#[track_caller]
pub fn assert_predicted(what: &str, predicted: u64, measured: u64) {
    let answer = match predicted.cmp(&measured) {
        Ordering::Less => Answer::TooLow,
        Ordering::Equal => Answer::Right,
        Ordering::Greater => Answer::TooHigh,
    };
    record(&Verdict::Prediction {
        what,
        predicted,
        answer,
    });
    match answer {
        Answer::Right => {}
        Answer::TooLow => panic!("{what}: you predicted {predicted}, and the meter saw more"),
        Answer::TooHigh => panic!("{what}: you predicted {predicted}, and the meter saw less"),
    }
}

#[cfg(test)]
mod tests {
    use super::assert_predicted;

    #[test]
    fn a_right_prediction_passes() {
        assert_predicted("allocations", 7, 7);
    }

    #[test]
    #[should_panic(expected = "allocations: you predicted 6, and the meter saw more")]
    fn too_low_says_so() {
        assert_predicted("allocations", 6, 7);
    }

    #[test]
    #[should_panic(expected = "allocations: you predicted 8, and the meter saw less")]
    fn too_high_says_so() {
        assert_predicted("allocations", 8, 7);
    }
}
