//! Filling a vector, one number at a time.

// ANCHOR: push
/// Starts empty and grows when full.
pub fn push(count: &u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    for number in 0..*count {
        numbers.push(number * number);
    }
    numbers
}
// ANCHOR_END: push

// ANCHOR: with_capacity
/// Says how many first.
pub fn with_capacity(count: &u64) -> Vec<u64> {
    let mut numbers = Vec::with_capacity(*count as usize);
    for number in 0..*count {
        numbers.push(number * number);
    }
    numbers
}
// ANCHOR_END: with_capacity

// ANCHOR: collect
/// Lets the iterator say how many.
pub fn collect(count: &u64) -> Vec<u64> {
    (0..*count).map(|number| number * number).collect()
}
// ANCHOR_END: collect
