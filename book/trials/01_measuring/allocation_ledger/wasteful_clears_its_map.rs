//! Keeps the map for the next trace, and clears it first.

#![forbid(unsafe_code)]

use measuring::Heap;
use std::cell::RefCell;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug)]
enum Event {
    Alloc { id: u64, size: u64 },
    Realloc { id: u64, new_size: u64 },
    Free { id: u64 },
}

fn ledger(trace: &[Event]) -> Heap {
    let mut cost = Heap::default();
    thread_local! {
        static SIZES: RefCell<HashMap<u64, u64>> = RefCell::default();
    }
    let mut sizes = SIZES.take();
    sizes.clear();
    for &event in trace {
        let (replaced, size) = match event {
            Event::Alloc { id, size } => (sizes.insert(id, size), Some(size)),
            Event::Realloc { id, new_size } => (sizes.insert(id, new_size), Some(new_size)),
            Event::Free { id } => (sizes.remove(&id), None),
        };
        cost.live += size.unwrap_or(0) as i64 - replaced.unwrap_or(0) as i64;
        cost.peak = cost.peak.max(cost.live.unsigned_abs());
        if let Some(size) = size {
            cost.allocations += 1;
            cost.bytes += size;
        }
    }
    SIZES.set(sizes);
    cost
}
