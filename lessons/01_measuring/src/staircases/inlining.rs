//! A small function in a loop: called, left to the compiler, and inlined by order.

use super::scattered;

/// Brightness of pixels.
pub struct Pixels {
    all: Vec<u8>,
}

impl Pixels {
    /// Ten thousand pixels.
    pub fn of_10000() -> Self {
        Self {
            all: scattered(7).take(10_000).map(|it| it as u8).collect(),
        }
    }
}

// ANCHOR: never
#[inline(never)]
fn called(pixel: u8) -> u8 {
    pixel.saturating_add(16)
}

/// A call for every pixel.
pub fn never(pixels: &Pixels) -> Vec<u8> {
    pixels.all.iter().map(|pixel| called(*pixel)).collect()
}
// ANCHOR_END: never

// ANCHOR: unmarked
fn brighter(pixel: u8) -> u8 {
    pixel.saturating_add(16)
}

/// The same function without a mark.
pub fn unmarked(pixels: &Pixels) -> Vec<u8> {
    pixels.all.iter().map(|pixel| brighter(*pixel)).collect()
}
// ANCHOR_END: unmarked

// ANCHOR: always
#[inline(always)]
fn inlined(pixel: u8) -> u8 {
    pixel.saturating_add(16)
}

/// The same function with the strongest mark there is.
pub fn always(pixels: &Pixels) -> Vec<u8> {
    pixels.all.iter().map(|pixel| inlined(*pixel)).collect()
}
// ANCHOR_END: always
