//! The meter's own promises.

use std::hint::black_box;

use measuring::heap;

measuring::install!();

#[test]
fn blocks_and_bytes_are_dhats() {
    let (numbers, cost) = heap(|| {
        let mut numbers: Vec<u64> = Vec::with_capacity(4);
        numbers.extend(0..5);
        numbers
    });
    assert_eq!(
        (cost.blocks, cost.bytes),
        (2, 32 + 64),
        "an allocation and a reallocation"
    );
    assert_eq!((cost.peak, cost.live), (64, 64));
    drop(numbers);
}

#[test]
fn what_is_freed_inside_is_not_live() {
    let ((), cost) = heap(|| drop(black_box(vec![0u8; 1_000])));
    assert_eq!(
        (cost.blocks, cost.bytes, cost.peak, cost.live),
        (1, 1_000, 1_000, 0)
    );
}
