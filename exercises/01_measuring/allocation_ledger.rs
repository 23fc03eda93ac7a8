//! An allocator can be told to write down every call. This program reads such a trace and works out what the heap cost,
//! in dhat's sense of the words, which is also the meter's:
//!
//! - *allocations*: allocations and reallocations.
//! - *bytes*: the sizes of all of them; a reallocation counts with its full new size, whether it grows or shrinks.
//! - *live*: the bytes of the allocations that are in use at the end.
//! - *peak*: the most that live was after any event. A reallocation takes its old allocation away in the same moment in
//!   which it brings the new one: the two are never live together.
//!
//! An id is an allocation's address: once the allocation is freed, a later one may have the same. A trace may begin in the middle
//! of a program's life. So it may free an allocation that it doesn't know, which counts for nothing; and it may reallocate
//! one, which counts as if the allocation began there.
//!
//! A trace has millions of events, and few allocations are in use at a time. Remember no more than those:
//!
//! | measure | budget | why                                              |
//! |---------|--------|--------------------------------------------------|
//! | allocations  |      8 | a small collection, which may grow a few times   |
//! | peak    |  1,024 | in the sample, four allocations are in use at most    |

#![forbid(unsafe_code)]

use measuring::Heap;

#[derive(Clone, Copy, Debug)]
enum Event {
    Alloc { id: u64, size: u64 },
    Realloc { id: u64, new_size: u64 },
    Free { id: u64 },
}

fn ledger(trace: &[Event]) -> Heap {
    let cost = Heap::default();
    for &event in trace {
        // TODO: remember the sizes of the allocations in use, and add up the four figures of `cost`.
        match event {
            Event::Alloc { id, size } => todo!("allocation {id} begins, with {size} bytes"),
            Event::Realloc { id, new_size } => {
                todo!("allocation {id} has {new_size} bytes from now on")
            }
            Event::Free { id } => todo!("allocation {id} ends"),
        }
    }
    cost
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("allocation_ledger")
    .allocations(8)
    .peak(1_024);

/// A program that reads a thousand lines: each grows twice, and is freed two lines later.
fn sample() -> Vec<Event> {
    let line = |id: u64| {
        [
            Event::Alloc { id, size: 8 },
            Event::Realloc { id, new_size: 16 },
            Event::Realloc { id, new_size: 32 },
            Event::Free {
                id: id.wrapping_sub(2),
            },
        ]
    };
    (0..1_000).flat_map(line).collect()
}

fn main() {
    let trace = sample();
    measuring::show(BUDGET, || ledger(&trace));
}

#[cfg(test)]
mod tests {
    use super::Event::{Alloc, Free, Realloc};
    use super::*;
    use measuring::Heap;
    use std::hint::black_box;

    #[track_caller]
    fn check(trace: &[Event], [allocations, bytes, peak]: [u64; 3], live: i64) {
        let expected = Heap {
            allocations,
            bytes,
            peak,
            live,
        };
        assert_eq!(ledger(trace), expected);
    }

    #[test]
    fn an_empty_trace_costs_nothing() {
        check(&[], [0, 0, 0], 0);
    }

    #[test]
    fn an_allocation_is_a_block() {
        check(&[Alloc { id: 1, size: 100 }], [1, 100, 100], 100);
    }

    #[test]
    fn a_freed_block_is_not_live() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Free { id: 1 },
            Alloc { id: 2, size: 60 },
        ];
        check(&trace, [2, 160, 100], 60);
    }

    #[test]
    fn a_reallocation_is_a_block_of_its_full_new_size() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Realloc {
                id: 1,
                new_size: 250,
            },
        ];
        check(&trace, [2, 350, 250], 250);
    }

    #[test]
    fn shrinking_counts_as_well() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Realloc {
                id: 1,
                new_size: 10,
            },
        ];
        check(&trace, [2, 110, 100], 10);
    }

    #[test]
    fn the_peak_is_seen_across_a_reallocation() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Alloc { id: 2, size: 50 },
            Realloc {
                id: 1,
                new_size: 200,
            },
            Free { id: 2 },
            Realloc {
                id: 1,
                new_size: 220,
            },
            Free { id: 1 },
        ];
        check(&trace, [4, 570, 250], 0);
    }

    #[test]
    fn a_block_older_than_the_trace_is_freed_for_nothing() {
        check(&[Free { id: 9 }], [0, 0, 0], 0);
        let trace = [
            Alloc { id: 1, size: 100 },
            Free { id: 9 },
            Alloc { id: 2, size: 50 },
        ];
        check(&trace, [2, 150, 150], 150);
    }

    #[test]
    fn a_block_older_than_the_trace_begins_when_reallocated() {
        let trace = [
            Realloc {
                id: 9,
                new_size: 40,
            },
            Realloc {
                id: 9,
                new_size: 80,
            },
            Free { id: 9 },
        ];
        check(&trace, [2, 120, 80], 0);
    }

    #[test]
    fn an_id_is_used_again() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Free { id: 1 },
            Alloc { id: 1, size: 30 },
            Free { id: 1 },
            Free { id: 1 },
        ];
        check(&trace, [2, 130, 100], 0);
    }

    #[test]
    fn a_long_trace_stays_in_budget() {
        let trace = sample();
        black_box(BUDGET.assert_holds(|| ledger(black_box(&trace))));
    }

    #[test]
    fn the_ledger_agrees_with_the_meter() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Alloc { id: 2, size: 1_000 },
            Realloc {
                id: 1,
                new_size: 400,
            },
            Free { id: 2 },
            Alloc { id: 3, size: 64 },
            Realloc {
                id: 1,
                new_size: 50,
            },
        ];
        let (kept, cost) = measuring::heap(|| {
            let mut first: Vec<u8> = black_box(Vec::with_capacity(100));
            let second: Vec<u8> = black_box(Vec::with_capacity(1_000));
            first.reserve_exact(400);
            drop(second);
            let third = black_box(Box::new([0u8; 64]));
            first.shrink_to(50);
            (first, third)
        });
        assert_eq!(ledger(&trace), cost);
        drop(kept);
    }
}
