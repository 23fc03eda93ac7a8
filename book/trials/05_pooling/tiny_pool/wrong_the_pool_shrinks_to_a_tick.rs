//! Expects the pool to keep what an ordinary tick needs.

#![forbid(unsafe_code)]

const POOLED: Cost = Cost {
    allocations: 1_000 + 9,
    live: 10 * 16 + 16 * 8,
    locks: 2_000 * 2,
    pointers: 2_000 * 2,
};

const POOLED_THE_NEXT_DAY: Cost = Cost {
    allocations: 0,
    live: 0,
    locks: 2_000 * 2,
    pointers: 2_000 * 2,
};

const BOXED: Cost = Cost {
    allocations: 2_000,
    live: 0,
    locks: 0,
    pointers: 2_000 * 2,
};

const BY_VALUE: Cost = Cost {
    allocations: 0,
    live: 0,
    locks: 0,
    pointers: 0,
};
