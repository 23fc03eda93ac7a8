//! Randomness that is the same on every machine: integers only, and a generator of eight lines.

/// SplitMix64. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where that is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Yes in so many of a thousand cases.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// A number below `limit` by Zipf's law, in steps: each octave is as likely as the next. `limit` isn't 0.
    pub(crate) fn zipf(&mut self, limit: usize) -> usize {
        let octaves = u64::from((limit as u64 + 1).ilog2()) + 1;
        loop {
            let first = 1 << self.below(octaves);
            let rank = first + self.below(first) - 1;
            if rank < limit as u64 {
                return rank as usize;
            }
        }
    }

    /// A number whose distribution is given by points: per mille of the cases, and the value that they stay below.
    pub(crate) fn spread(&mut self, points: &[(u64, u64)]) -> u64 {
        quantile(points, self.below(1_000_000))
    }

    /// Bytes that nothing compresses.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

/// The value at a place, in millionths, of a distribution that is given by points.
fn quantile(points: &[(u64, u64)], at: u64) -> u64 {
    let (mut from, mut low) = (0, 0);
    for &(to, high) in points {
        let to = to * 1000;
        if at < to {
            return low + (high - low) * (at - from) / (to - from);
        }
        (from, low) = (to, high);
    }
    low
}

/// Steps through a distribution evenly instead of by chance. For the few large events: they weigh so much that
/// samples would differ widely.
#[derive(Default)]
pub(crate) struct Even(u64);

impl Even {
    pub(crate) fn next(&mut self, points: &[(u64, u64)]) -> u64 {
        // The golden ratio's fraction: no step falls near an earlier one.
        self.0 = (self.0 + 618_034) % 1_000_000;
        quantile(points, self.0)
    }
}
