//! Computes the numbers from the positions of a day and the growth of a list.

#![forbid(unsafe_code)]

/// The positions of a day, and the most at a time.
const ALL: u64 = BATTLE + 100 * 10;
const BATTLE: u64 = 1_000;

const NOTHING: Cost = Cost {
    allocations: 0,
    live: 0,
    locks: 0,
    pointers: 0,
};

/// Returns the capacities of a list that doubles until it holds `most` pointers: how many, and the last.
const fn growth(most: u64) -> (u64, u64) {
    let (mut steps, mut capacity) = (1, 4);
    while capacity < most {
        capacity *= 2;
        steps += 1;
    }
    (steps, capacity)
}

const BOXED: Cost = Cost {
    allocations: ALL,
    pointers: 2 * ALL,
    ..NOTHING
};
const POOLED_THE_NEXT_DAY: Cost = Cost {
    allocations: 0,
    locks: 2 * ALL,
    ..BOXED
};
const POOLED: Cost = Cost {
    allocations: BATTLE + growth(BATTLE).0,
    live: BATTLE * 16 + growth(BATTLE).1 * 8,
    ..POOLED_THE_NEXT_DAY
};
const BY_VALUE: Cost = NOTHING;
