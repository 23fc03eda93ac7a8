//! Our own arena against a model of it: an offset.

use arenas::{Region, RegionFull};
use proptest::collection::vec;
use proptest::prelude::*;

/// What is asked of a region: a length, and the power of two that its address is to be divisible by.
fn request() -> impl Strategy<Value = (usize, u32)> {
    (0..40usize, 0..6u32)
}

proptest! {
    #[test]
    fn pieces_are_aligned_and_apart_and_nothing_is_lost(
        size in 0..400usize,
        requests in vec(request(), 0..60),
    ) {
        let mut buffer = vec![0u8; size];
        let start = buffer.as_ptr().addr();
        let region = Region::over(&mut buffer);
        let mut offset = 0;
        let mut pieces = Vec::new();
        for (number, (length, power)) in requests.into_iter().enumerate() {
            let align = 1 << power;
            let from = (start + offset).next_multiple_of(align) - start;
            let taken = region.alloc_aligned(length, align);
            if from + length > size {
                let left = size - offset;
                prop_assert_eq!(taken, Err(RegionFull { asked: length, left }));
            } else {
                let piece = taken.expect("the model has room for it");
                prop_assert_eq!((piece.as_ptr().addr(), piece.len()), (start + from, length));
                piece.fill(number as u8 + 1);
                pieces.push((number as u8 + 1, piece));
                offset = from + length;
            }
            prop_assert_eq!(region.left(), size - offset);
        }
        // Whatever was written to the others, each still holds its own.
        for (number, piece) in &pieces {
            prop_assert!(piece.iter().all(|byte| byte == number));
        }
        // And the buffer holds them all.
        let written = pieces.iter().map(|(_, piece)| piece.len()).sum::<usize>();
        drop(pieces);
        prop_assert_eq!(buffer.iter().filter(|byte| **byte != 0).count(), written);
    }
}

#[test]
fn the_last_byte_can_be_had_and_no_more() {
    let mut buffer = [0; 10];
    let region = Region::over(&mut buffer);
    assert_eq!(
        region.alloc(11),
        Err(RegionFull {
            asked: 11,
            left: 10
        })
    );
    assert!(region.alloc(9).is_ok());
    assert!(region.alloc(1).is_ok());
    assert!(region.alloc(0).is_ok());
    assert_eq!(region.alloc(1), Err(RegionFull { asked: 1, left: 0 }));
    let error = region.alloc(usize::MAX).expect_err("nothing is left");
    assert!(error.to_string().contains("larger buffer"));
}

#[test]
#[should_panic(expected = "3 is no power of two")]
fn only_powers_of_two_align() {
    let _ = Region::over(&mut []).alloc_aligned(1, 3);
}

#[test]
fn debug_shows_what_is_left() {
    let mut buffer = [0; 10];
    let region = Region::over(&mut buffer);
    assert_eq!(format!("{region:?}"), "Region { left: 10 }");
}
