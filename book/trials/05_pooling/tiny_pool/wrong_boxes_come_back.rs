//! Takes the allocator for a pool: a box that was freed is one that isn't asked for again.

#![forbid(unsafe_code)]

// A thousand boxes, and a list that grows from 4 pointers to 1,024 in nine allocations. All of it stays.
const POOLED: Cost = [1_000 + 9, 1_000 * 16 + 1_024 * 8];

// Nothing that the second day needs is missing.
const POOLED_THE_NEXT_DAY: Cost = [0, 0];

// A thousand in the battle, and a hundred times ten: each is freed.
const BOXED: Cost = [1_000, 0];

// They lie in the list itself, which is there already.
const BY_VALUE: Cost = [0, 0];
