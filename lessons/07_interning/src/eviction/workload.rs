use super::{Policy, QuickCache};
use crate::two_way::mixed;

/// Requests for ids by their numbers, the same in every run.
///
/// Popularity follows Zipf's law: the second most popular id is asked for half as often as the first, the third a
/// third as often, and so on. Which ids these are is another matter, and is where the workloads differ.
#[derive(Debug)]
pub struct Workload {
    /// The keys, in the order in which they are asked for.
    pub requests: Vec<u64>,
    /// How many entries the cache may have.
    pub room: usize,
}

const REQUESTS: u64 = 100_000;
const KEYS: u64 = 20_000;
const ROOM: usize = 1_000;
/// How long the favourites of [`Workload::shifting`] stay the same, and how often [`Workload::scanned`] is scanned.
const PHASE: u64 = 10_000;
const SCAN: u64 = 2_000;

impl Workload {
    /// A few are asked for all the time.
    pub fn skewed() -> Self {
        Self::of(|_, rank| rank)
    }

    /// The same, and after every ten thousand requests other ids are the popular ones.
    pub fn shifting() -> Self {
        Self::of(|number, rank| (rank + number / PHASE * 1_500) % KEYS)
    }

    /// The same as [`skewed`](Self::skewed), and after every ten thousand requests somebody reads two thousand ids in
    /// a row that nobody asks for again.
    pub fn scanned() -> Self {
        Self::of(|number, rank| match number % PHASE {
            0..SCAN => KEYS + number,
            _ => rank,
        })
    }

    fn of(key: impl Fn(u64, u64) -> u64) -> Self {
        // quick_cache asks the system how many processors there are, once per process. Here nobody counts it.
        drop(QuickCache::with_room(1));
        let zipf = Zipf::over(KEYS);
        let request = |number| {
            key(
                number,
                zipf.rank(mixed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
            )
        };
        Self {
            requests: (0..REQUESTS).map(request).collect(),
            room: ROOM,
        }
    }
}

/// Zipf's law as a table of sums. Only additions and divisions of floats, which round alike on every machine.
struct Zipf {
    /// The weights of all ranks up to this one.
    sums: Vec<f64>,
}

impl Zipf {
    fn over(keys: u64) -> Self {
        let mut sum = 0.0;
        let sums = (1..=keys).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        Self {
            sums: sums.collect(),
        }
    }

    /// The rank that a random number stands for.
    fn rank(&self, random: u64) -> u64 {
        let all = self.sums.last().copied().unwrap_or_default();
        let share = (random >> 11) as f64 / (1u64 << 53) as f64;
        self.sums.partition_point(|sum| *sum < share * all) as u64
    }
}
