//! Counts what the pool keeps on every day that it does.

#![forbid(unsafe_code)]

// A thousand boxes, and a list that grows from 4 pointers to 1,024 in nine allocations. All of it stays.
const POOLED: Cost = [1_000 + 9, 1_000 * 16 + 1_024 * 8];

// Nothing that the second day needs is missing.
const POOLED_THE_NEXT_DAY: Cost = [0, 1_000 * 16 + 1_024 * 8];

// A thousand in the battle, and a hundred times ten: each is freed.
const BOXED: Cost = [2_000, 0];

// They lie in the list itself, which is there already.
const BY_VALUE: Cost = [0, 0];
