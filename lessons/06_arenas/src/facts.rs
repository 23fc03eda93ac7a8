//! Figures that are no cases: chunks, what a reset keeps, what isn't dropped, what alignment takes.
//!
//! Those about allocations are counted by the meter, so they need a binary that has it installed.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;

use bumpalo::Bump;
use bumpalo::boxed::Box as ArenaBox;
use bumpalo::collections::Vec as ArenaVec;
use measuring::case::{Fact, fact};
use measuring::{grouped, heap};

use crate::dom::{self, Page};
use crate::{Scratch, tree};

pub(crate) const FACTS: &[Fact] = &[
    fact("allocations_of_a_new_bump", || {
        heap(Bump::new).1.allocations.to_string()
    }),
    fact("chunk_allocations", || listed(&chunk_allocations(200_000))),
    fact("chunk_footer", || {
        let arena = Bump::with_capacity(1);
        let all = arena.allocated_bytes_including_metadata();
        (all - arena.allocated_bytes()).to_string()
    }),
    fact("filled_with_100_kb", || {
        grouped(filled(100_000).allocated_bytes())
    }),
    fact("kept_of_100_kb", || {
        let mut arena = filled(100_000);
        arena.reset();
        grouped(arena.allocated_bytes())
    }),
    fact("allocations_of_six_equal_requests", || {
        listed(&allocations_of_requests(100_000, 6))
    }),
    fact("kept_of_a_megabyte", || {
        let mut arena = filled(1 << 20);
        arena.reset();
        grouped(arena.allocated_bytes())
    }),
    fact("kept_of_a_megabyte_by_scratch", || {
        let mut scratch = Scratch::keeping(64 * 1024);
        scratch.with(|arena| arena.alloc_slice_fill_copy(1 << 20, 7u8).len());
        grouped(scratch.kept())
    }),
    fact("dropped_of_100_values", || {
        dropped(|arena, value| {
            arena.alloc(value);
        })
    }),
    fact("dropped_of_100_boxes", || {
        dropped(|arena, value| drop(ArenaBox::new_in(value, arena)))
    }),
    fact("dropped_of_100_in_a_vector", || {
        dropped(|arena, value| {
            let mut values = ArenaVec::new_in(arena);
            values.push(value);
        })
    }),
    fact("leaked_by_100_strings", || {
        let leak = || {
            let arena = Bump::new();
            for _ in 0..100 {
                black_box(arena.alloc(String::from("sixteen letters.")));
            }
        };
        grouped(heap(leak).1.live)
    }),
    fact("bytes_of_100_mixed_pairs", || {
        let arena = Bump::new();
        for number in 0..100u8 {
            black_box(arena.alloc(number));
            black_box(arena.alloc(u64::from(number)));
        }
        grouped(used(arena))
    }),
    fact("bytes_of_100_sorted_pairs", || {
        let arena = Bump::new();
        for number in 0..100u64 {
            black_box(arena.alloc(number));
        }
        for number in 0..100u8 {
            black_box(arena.alloc(number));
        }
        grouped(used(arena))
    }),
    fact("bytes_of_a_pushed_list", || grouped(used_by_lists(1, 0))),
    fact("bytes_of_a_sized_list", || grouped(used_by_lists(1, 1_000))),
    fact("bytes_of_ten_pushed_lists", || {
        grouped(used_by_lists(10, 0))
    }),
    fact("bytes_of_ten_sized_lists", || {
        grouped(used_by_lists(10, 1_000))
    }),
    fact("bytes_after_dropping_the_last_list", || {
        let arena = Bump::new();
        drop(ArenaVec::<u64>::with_capacity_in(1_000, &arena));
        grouped(used(arena))
    }),
    fact("limit_of_64_kb", || {
        let arena = Bump::new();
        arena.set_allocation_limit(Some(64 * 1024));
        let mut kilobytes = 0;
        while arena.try_alloc([0u8; 1024]).is_ok() {
            kilobytes += 1;
        }
        kilobytes.to_string()
    }),
    fact("boxed_node", || tree::node_sizes()[0].to_string()),
    fact("arena_node", || tree::node_sizes()[1].to_string()),
    fact("indexed_node", || tree::node_sizes()[2].to_string()),
    fact("bytes_of_the_borrowed_page", || {
        grouped(dom::borrowed::size(&Page::sample(200)))
    }),
    fact("bytes_of_the_linked_page", || {
        grouped(dom::linked::size(&Page::sample(200)))
    }),
    fact("bytes_copied_out_of_the_page", || {
        let copied = dom::borrowed::paths(&Page::sample(200));
        grouped(copied.iter().map(String::len).sum::<usize>())
    }),
];

fn listed<T: ToString>(numbers: &[T]) -> String {
    let numbers: Vec<String> = numbers.iter().map(T::to_string).collect();
    numbers.join(", ")
}

/// The sizes of the allocations that an arena takes until it has handed out so many bytes.
fn chunk_allocations(bytes: usize) -> Vec<u64> {
    let arena = Bump::new();
    (0..bytes / 8)
        .map(|_| heap(|| arena.alloc(7u64)).1)
        .filter(|cost| cost.allocations > 0)
        .map(|cost| cost.bytes)
        .collect()
}

/// An arena that has handed out so many bytes.
fn filled(bytes: usize) -> Bump {
    let arena = Bump::new();
    for _ in 0..bytes / 8 {
        arena.alloc(7u64);
    }
    arena
}

/// The allocations that each of several equal requests takes, with a reset after each.
fn allocations_of_requests(bytes: usize, requests: usize) -> Vec<u64> {
    let mut arena = Bump::new();
    let request = |_| {
        let fill = || {
            for _ in 0..bytes / 8 {
                arena.alloc(7u64);
            }
        };
        let ((), cost) = heap(fill);
        arena.reset();
        cost.allocations
    };
    (0..requests).map(request).collect()
}

/// How many of a hundred values were dropped when their arena is gone.
fn dropped(store: fn(&Bump, Counted)) -> String {
    let drops = Rc::new(Cell::new(0));
    let arena = Bump::new();
    for _ in 0..100 {
        store(&arena, Counted(Rc::clone(&drops)));
    }
    drop(arena);
    drops.get().to_string()
}

/// Counts its drops.
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// The bytes that lists of a thousand numbers take of an arena, filled in turns, with room for so many at first. They
/// are all in one chunk.
fn used_by_lists(lists: usize, room: usize) -> usize {
    let arena = Bump::with_capacity(1 << 20);
    let list = |_| ArenaVec::with_capacity_in(room, &arena);
    let mut filled: Vec<ArenaVec<u64>> = (0..lists).map(list).collect();
    for number in 0..1_000 {
        for list in &mut filled {
            list.push(number);
        }
    }
    // Not dropped: the list that was allocated last would give its room back.
    for list in filled {
        list.into_bump_slice();
    }
    used(arena)
}

/// The bytes that an arena has handed out: those between its chunks' marks and their ends.
pub(crate) fn used(mut arena: Bump) -> usize {
    arena.iter_allocated_chunks().map(<[_]>::len).sum()
}
