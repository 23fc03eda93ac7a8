//! Filling a vector whose length is known.

// ANCHOR: push
/// Starts empty, and moves to a larger allocation whenever it is full.
pub fn push(count: &u64) -> Vec<u64> {
    let mut squares = Vec::new();
    for number in 0..*count {
        squares.push(number * number);
    }
    squares
}
// ANCHOR_END: push

// ANCHOR: with_capacity
/// Says how many first. `push` doesn't know, and still looks for room each time.
pub fn with_capacity(count: &u64) -> Vec<u64> {
    let mut squares = Vec::with_capacity(*count as usize);
    for number in 0..*count {
        squares.push(number * number);
    }
    squares
}
// ANCHOR_END: with_capacity

// ANCHOR: indexed
/// Takes zeros and overwrites them: no looking for room.
pub fn indexed(count: &u64) -> Vec<u64> {
    let mut squares = vec![0; *count as usize];
    for (number, square) in (0..*count).zip(&mut squares) {
        *square = number * number;
    }
    squares
}
// ANCHOR_END: indexed

// ANCHOR: collect
/// Lets the iterator say how many. `extend` asks it too.
pub fn collect(count: &u64) -> Vec<u64> {
    (0..*count).map(|number| number * number).collect()
}
// ANCHOR_END: collect
