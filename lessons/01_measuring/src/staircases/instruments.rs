//! Instruments that disagree: keeping the numbers whose digits add up to a multiple of seven.

use super::scattered;

/// Numbers to sift.
pub struct Numbers {
    all: Vec<u32>,
}

impl Numbers {
    /// Ten thousand, of up to nine digits.
    pub fn of_10000() -> Self {
        Self {
            all: scattered(3)
                .take(10_000)
                .map(|it| (it % 1_000_000_000) as u32)
                .collect(),
        }
    }
}

// ANCHOR: push
/// One division by ten for every digit, and a vector that grows.
pub fn push(numbers: &Numbers) -> Vec<u32> {
    let mut kept = Vec::new();
    for &number in &numbers.all {
        if digit_sum(number).is_multiple_of(7) {
            kept.push(number);
        }
    }
    kept
}

fn digit_sum(mut number: u32) -> u32 {
    let mut sum = 0;
    while number > 0 {
        sum += number % 10;
        number /= 10;
    }
    sum
}
// ANCHOR_END: push

// ANCHOR: counted_first
/// Counts first, so that the vector never grows.
pub fn counted_first(numbers: &Numbers) -> Vec<u32> {
    let fits = |number: &u32| digit_sum(*number).is_multiple_of(7);
    let mut kept = Vec::with_capacity(numbers.all.iter().copied().filter(fits).count());
    kept.extend(numbers.all.iter().copied().filter(fits));
    kept
}
// ANCHOR_END: counted_first

// ANCHOR: two_digits_a_time
/// Half the divisions: the sums of two digits are looked up.
pub fn two_digits_a_time(numbers: &Numbers) -> Vec<u32> {
    const SUMS: [u8; 100] = {
        let mut sums = [0; 100];
        let mut number = 0;
        while number < 100 {
            sums[number] = (number % 10 + number / 10) as u8;
            number += 1;
        }
        sums
    };
    let mut kept = Vec::new();
    for &number in &numbers.all {
        let (mut rest, mut sum) = (number, 0);
        while rest > 0 {
            sum += u32::from(SUMS[(rest % 100) as usize]);
            rest /= 100;
        }
        if sum.is_multiple_of(7) {
            kept.push(number);
        }
    }
    kept
}
// ANCHOR_END: two_digits_a_time

// ANCHOR: no_division
/// No division at all: a multiplication and a shift, as in the books on bit tricks.
pub fn no_division(numbers: &Numbers) -> Vec<u32> {
    let mut kept = Vec::new();
    for &number in &numbers.all {
        if digit_sum_by_hand(number).is_multiple_of(7) {
            kept.push(number);
        }
    }
    kept
}

fn digit_sum_by_hand(mut number: u32) -> u32 {
    let mut sum = 0;
    while number > 0 {
        let tenth = ((u64::from(number) * 0xcccc_cccd) >> 35) as u32;
        sum += number - tenth * 10;
        number = tenth;
    }
    sum
}
// ANCHOR_END: no_division

// ANCHOR: inline_always
/// The first step, with an order to inline.
pub fn inline_always(numbers: &Numbers) -> Vec<u32> {
    let mut kept = Vec::new();
    for &number in &numbers.all {
        if digit_sum_inlined(number).is_multiple_of(7) {
            kept.push(number);
        }
    }
    kept
}

#[inline(always)]
fn digit_sum_inlined(mut number: u32) -> u32 {
    let mut sum = 0;
    while number > 0 {
        sum += number % 10;
        number /= 10;
    }
    sum
}
// ANCHOR_END: inline_always
