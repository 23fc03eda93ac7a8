//! What samples are made of.

/// Bytes without a pattern, the same ones for the same number every time.
pub(crate) fn scattered<const N: usize>(number: u64) -> [u8; N] {
    let mut state = number;
    [(); N].map(|()| {
        state = state
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 56) as u8
    })
}
