//! Counts allocations only.

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
        // Both at once, and only then the peak: an old allocation is never live beside the one that takes its place.
        cost.live += size.unwrap_or(0) as i64 - replaced.unwrap_or(0) as i64;
        cost.peak = cost.peak.max(cost.live.unsigned_abs());
        if let Some(size) = size {
            cost.allocations += u64::from(replaced.is_none());
            cost.bytes += size;
        }
    }
    cost
}
