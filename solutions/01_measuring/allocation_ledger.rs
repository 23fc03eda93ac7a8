//! An allocator can write down every call. This program reads such a trace and works out what the
//! heap cost, as dhat does: `Alloc 1: 100` and `Realloc 1: 250` are 2 allocations, 350 bytes, peak
//! 250, live 250.
//!
//! | measure     | what it counts                                                        |
//! |-------------|-----------------------------------------------------------------------|
//! | allocations | allocations and reallocations                                         |
//! | bytes       | their sizes; a reallocation has its full new size: larger, smaller, 0 |
//! | live        | the bytes of the allocations that are in use at the end               |
//! | peak        | the most that live was after any event; reallocating replaces at once |
//!
//! An id is an address, any `u64`: after a free, a later allocation may get it again. A trace may
//! begin in the middle of a program's life. It may free an unknown allocation, which counts for
//! nothing, or reallocate one, which counts as if the allocation began there. A trace has millions
//! of events, and at most a few thousand allocations are live at a time. The map holds those and no
//! others.
//!
//! | measure     | budget | why                                              |
//! |-------------|-------:|--------------------------------------------------|
//! | allocations |      8 | a small collection, which may grow a few times   |
//! | peak        |  1,024 | in the sample, at most four allocations are live |
//! | live        |      0 | nothing stays for the next trace                 |

#![forbid(unsafe_code)]

use measuring::Heap;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug)]
enum Event {
    Alloc { id: u64, size: u64 },
    Realloc { id: u64, new_size: u64 },
    Free { id: u64 },
}

fn ledger(trace: &[Event]) -> Heap {
    let mut cost = Heap::default();
    let mut sizes: HashMap<u64, u64> = HashMap::new();
    for &event in trace {
        let (replaced, size) = match event {
            Event::Alloc { id, size } => (sizes.insert(id, size), Some(size)),
            Event::Realloc { id, new_size } => (sizes.insert(id, new_size), Some(new_size)),
            Event::Free { id } => (sizes.remove(&id), None),
        };
        // Both at once, and only then the peak: an old allocation is never live beside its replacement.
        cost.live += size.unwrap_or(0) as i64 - replaced.unwrap_or(0) as i64;
        cost.peak = cost.peak.max(cost.live.unsigned_abs());
        if let Some(size) = size {
            cost.allocations += 1;
            cost.bytes += size;
        }
    }
    cost
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("allocation_ledger")
    .allocations(8)
    .peak(1_024)
    .live(0);

/// A program that reads so many lines: each grows twice, and is freed two lines later. Now and then it frees what is
/// older than the trace.
fn sample(lines: u64) -> Vec<Event> {
    let line = |id: u64| {
        [
            Event::Alloc { id, size: 8 },
            Event::Realloc { id, new_size: 16 },
            Event::Realloc { id, new_size: 32 },
            Event::Free {
                id: id.wrapping_sub(2),
            },
            Event::Free {
                id: u64::MAX / 2 + id,
            },
        ]
    };
    (0..lines).flat_map(line).collect()
}

fn main() {
    let trace = sample(1_000);
    measuring::show(BUDGET, || ledger(&trace));
}

#[cfg(test)]
mod tests {
    use super::Event::{self, Alloc, Free, Realloc};
    use super::{BUDGET, ledger, sample};
    use measuring::{Heap, assert_gives, awaiting};
    use std::hint::black_box;

    /// Holds the cost of a trace against `[allocations, bytes, peak]` and live.
    #[track_caller]
    fn check(trace: &[Event], [allocations, bytes, peak]: [u64; 3], live: i64) {
        let expected = Heap {
            allocations,
            bytes,
            peak,
            live,
        };
        assert_gives(format_args!("cost of {trace:?}"), &ledger(trace), &expected);
    }

    fn realloc(id: u64, new_size: u64) -> Event {
        Realloc { id, new_size }
    }

    #[measuring::test]
    fn known_allocations_are_added_up() {
        let first = Alloc { id: 1, size: 100 };
        let second = Alloc { id: 2, size: 60 };
        let freed = Free { id: 1 };
        check(&[], [0, 0, 0], 0);
        check(&[first], [1, 100, 100], 100);
        check(&[first, freed], [1, 100, 100], 0);
        check(&[first, freed, second], [2, 160, 100], 60);
        check(&[first, realloc(1, 250)], [2, 350, 250], 250);
        check(&[first, realloc(1, 10)], [2, 110, 100], 10);
        check(&[first, realloc(1, 0)], [2, 100, 100], 0);
        let across = [first, second, realloc(1, 200), Free { id: 2 }];
        check(&across, [3, 360, 260], 200);
        let used_again = [first, freed, Alloc { id: 1, size: 30 }, freed];
        check(&used_again, [2, 130, 100], 0);
    }

    #[measuring::test]
    fn a_trace_may_begin_in_the_middle() {
        check(&[Free { id: 9 }], [0, 0, 0], 0);
        let second = Alloc { id: 2, size: 50 };
        let freed = [Alloc { id: 1, size: 100 }, Free { id: 9 }, second];
        check(&freed, [2, 150, 150], 150);
        let reallocated = [realloc(9, 40), realloc(9, 80), Free { id: 9 }];
        check(&reallocated, [2, 120, 80], 0);
    }

    #[measuring::test]
    fn a_trace_knows_nothing_of_another() {
        check(&[Alloc { id: 1, size: 100 }], [1, 100, 100], 100);
        check(&[Free { id: 1 }, Alloc { id: 2, size: 7 }], [1, 7, 7], 7);
    }

    #[measuring::test]
    fn ids_and_sizes_are_any_numbers() {
        let ids = [0, 1, 1 << 16, 1 << 32, (1 << 53) + 1, 1 << 53, u64::MAX];
        let mut trace: Vec<Event> = ids.map(|id| Alloc { id, size: 1 }).to_vec();
        check(&trace, [7, 7, 7], 7);
        trace.extend(ids.map(|id| Free { id }));
        check(&trace, [7, 7, 7], 0);
        for size in [0, 1 << 16, (1 << 32) + 1, (1 << 53) + 1] {
            let trace = [
                Alloc { id: 7, size },
                realloc(7, size + 1),
                realloc(7, size),
            ];
            let live = size as i64;
            check(&trace, [3, 3 * size + 1, size + 1], live);
        }
    }

    #[measuring::test]
    fn thousands_are_live_at_once() {
        for count in [100, 5_000] {
            let id = |n: u64| 0x7f00_0000_0000 + 4_096 * n;
            let begun = (0..count).map(|n| Alloc {
                id: id(n),
                size: 10 + n,
            });
            let freed = (0..count).map(|n| Free {
                id: id(n * 37 % count),
            });
            let trace: Vec<Event> = begun.chain(freed).collect();
            let bytes = 10 * count + count * (count - 1) / 2;
            let expected = Heap {
                allocations: count,
                bytes,
                peak: bytes,
                live: 0,
            };
            let what = format_args!("cost of {count} allocations that are live together");
            assert_gives(what, &ledger(&trace), &expected);
        }
    }

    #[measuring::test]
    fn a_long_trace_stays_in_budget() {
        awaiting("the cost of a trace of 500,000 events");
        for lines in [1_000, 100_000] {
            let trace = sample(lines);
            let cost = BUDGET.assert_holds_in_process(|| ledger(black_box(&trace)));
            let expected = Heap {
                allocations: 3 * lines,
                bytes: 56 * lines,
                peak: 2 * 32 + 32,
                live: 2 * 32,
            };
            let what = format_args!("cost of a program that reads {lines} lines");
            assert_gives(what, &cost, &expected);
        }
    }

    #[measuring::test]
    fn the_ledger_agrees_with_the_meter() {
        let trace = [
            Alloc { id: 1, size: 100 },
            Alloc { id: 2, size: 1_000 },
            realloc(1, 400),
            Free { id: 2 },
            Alloc { id: 3, size: 64 },
            realloc(1, 50),
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
        let what = format_args!("cost of {trace:?}, which the meter measured");
        assert_gives(what, &ledger(&trace), &cost);
        drop(kept);
    }
}
