//! Keeps the live allocations in a list, which is short.

#![forbid(unsafe_code)]

use measuring::Heap;

#[derive(Clone, Copy, Debug)]
enum Event {
    Alloc { id: u64, size: u64 },
    Realloc { id: u64, new_size: u64 },
    Free { id: u64 },
}

fn ledger(trace: &[Event]) -> Heap {
    let mut cost = Heap::default();
    let mut live: Vec<(u64, u64)> = Vec::new();
    for &event in trace {
        let (id, size) = match event {
            Event::Alloc { id, size } => (id, Some(size)),
            Event::Realloc { id, new_size } => (id, Some(new_size)),
            Event::Free { id } => (id, None),
        };
        let known = live.iter().position(|&(known, _)| known == id);
        let replaced = known.map(|at| live.swap_remove(at).1);
        live.extend(size.map(|size| (id, size)));
        cost.live += size.unwrap_or(0) as i64 - replaced.unwrap_or(0) as i64;
        cost.peak = cost.peak.max(cost.live.unsigned_abs());
        if let Some(size) = size {
            cost.allocations += 1;
            cost.bytes += size;
        }
    }
    cost
}
