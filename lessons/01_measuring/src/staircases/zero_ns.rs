//! The benchmark of 0 ns: work that the optimiser finds nobody needs.

use std::hint::black_box;

/// What gets a checksum.
pub const TEXT: &[u8; 16] = b"sixteen letters.";

#[inline]
fn checksum(text: &[u8; 16]) -> u32 {
    let mut sum = 1u32;
    for byte in text {
        sum = sum.rotate_left(5) ^ u32::from(*byte);
    }
    sum
}

// ANCHOR: result_ignored
/// Nobody looks at the sum, so nobody works it out.
pub fn result_ignored(text: &[u8; 16]) {
    let _ = checksum(text);
}
// ANCHOR_END: result_ignored

// ANCHOR: input_known
/// The sum is kept, but the text is a constant: the compiler may work it out once and for all.
pub fn input_known(_: &[u8; 16]) {
    black_box(checksum(TEXT));
}
// ANCHOR_END: input_known

// ANCHOR: both_hidden
/// Neither the text nor the use of the sum is known to the optimiser.
pub fn both_hidden(text: &[u8; 16]) {
    black_box(checksum(black_box(text)));
}
// ANCHOR_END: both_hidden
