//! Keeps sizes as u32, in which 4 GiB are 0.

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
    let mut sizes: HashMap<u64, u32> = HashMap::new();
    for &event in trace {
        let (replaced, size) = match event {
            Event::Alloc { id, size } => (sizes.insert(id, size as u32), Some(size as u32)),
            Event::Realloc { id, new_size } => {
                (sizes.insert(id, new_size as u32), Some(new_size as u32))
            }
            Event::Free { id } => (sizes.remove(&id), None),
        };
        cost.live += i64::from(size.unwrap_or(0)) - i64::from(replaced.unwrap_or(0));
        cost.peak = cost.peak.max(cost.live.unsigned_abs());
        if let Some(size) = size {
            cost.allocations += 1;
            cost.bytes += u64::from(size);
        }
    }
    cost
}
