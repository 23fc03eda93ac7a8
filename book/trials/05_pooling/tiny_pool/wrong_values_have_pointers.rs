//! Expects each value in a list to be reached through a box.

#![forbid(unsafe_code)]

const POOLED: Cost = Cost {
    allocations: 1_000 + 9,
    live: 1_000 * 16 + 1_024 * 8,
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
    pointers: 2_000 * 2,
};
