//! Takes a reallocation to 0 bytes for a free.

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
            Event::Realloc { id, new_size: 0 } => (sizes.remove(&id), None),
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
    cost
}
