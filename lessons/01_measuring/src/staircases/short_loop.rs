//! A loop of at most eight rounds: reading short ids as numbers.

use super::scattered;

/// Ids of up to eight bytes each, one after the other.
pub struct Ids {
    bytes: Vec<u8>,
    width: usize,
}

impl Ids {
    /// A thousand ids of eight bytes.
    pub fn of_8_bytes() -> Self {
        Self {
            bytes: scattered(6)
                .take(1_000)
                .flat_map(u64::to_le_bytes)
                .collect(),
            width: 8,
        }
    }
}

// ANCHOR: bounded_loop
/// Copies byte by byte, eight at the most. The compiler knows the bound, but not the length.
pub fn bounded_loop(ids: &Ids) -> u64 {
    let mut sum = 0u64;
    for id in ids.bytes.chunks_exact(ids.width) {
        let mut padded = [0; 8];
        #[expect(
            clippy::manual_memcpy,
            reason = "the next step is what clippy asks for"
        )]
        for index in 0..id.len().min(8) {
            padded[index] = id[index];
        }
        sum = sum.wrapping_add(u64::from_le_bytes(padded));
    }
    sum
}
// ANCHOR_END: bounded_loop

// ANCHOR: copied_slice
/// Copies the whole slice at once, whatever its length.
pub fn copied_slice(ids: &Ids) -> u64 {
    let mut sum = 0u64;
    for id in ids.bytes.chunks_exact(ids.width) {
        let mut padded = [0; 8];
        let length = id.len().min(8);
        padded[..length].copy_from_slice(&id[..length]);
        sum = sum.wrapping_add(u64::from_le_bytes(padded));
    }
    sum
}
// ANCHOR_END: copied_slice

// ANCHOR: array
/// Has the length in the type.
pub fn array(ids: &Ids) -> u64 {
    let (ids, _) = ids.bytes.as_chunks::<8>();
    let mut sum = 0u64;
    for id in ids {
        sum = sum.wrapping_add(u64::from_le_bytes(*id));
    }
    sum
}
// ANCHOR_END: array
