//! Counting ids that are all zeros.

use crate::fixed::EventId;

/// Ids, of which each tenth is zero.
#[derive(Debug)]
pub struct Ids(Vec<EventId>);

impl Ids {
    /// A thousand ids.
    pub fn sample() -> Self {
        let id = |number| match number % 10 {
            0 => EventId::ZERO,
            _ => EventId::new(crate::scattered::scattered(number)),
        };
        Self((0..1_000).map(id).collect())
    }
}

// ANCHOR: byte_by_byte
/// Looks at a slice, byte by byte. Its length is not in its type.
pub fn byte_by_byte(ids: &Ids) -> usize {
    #[inline(never)]
    fn is_zero(bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| *byte == 0)
    }
    ids.0.iter().filter(|id| is_zero(id.as_ref())).count()
}
// ANCHOR_END: byte_by_byte

// ANCHOR: whole
/// Compares the whole array with zeros.
pub fn whole(ids: &Ids) -> usize {
    #[inline(never)]
    fn is_zero(id: &EventId) -> bool {
        id.is_zero()
    }
    ids.0.iter().filter(|id| is_zero(id)).count()
}
// ANCHOR_END: whole
