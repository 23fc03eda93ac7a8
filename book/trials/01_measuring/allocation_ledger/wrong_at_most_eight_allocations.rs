//! Has eight places on the stack, and forgets a ninth allocation that is live.

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
    let mut places = [None::<(u64, u64)>; 8];
    let mut put = |id: u64, size: Option<u64>| {
        let old = places
            .iter_mut()
            .find(|it| it.is_some_and(|(at, _)| at == id));
        if let Some(place) = old {
            let before = place.map(|(_, size)| size);
            *place = size.map(|size| (id, size));
            return before;
        }
        if let (Some(size), Some(free)) = (size, places.iter_mut().find(|it| it.is_none())) {
            *free = Some((id, size));
        }
        None
    };
    for &event in trace {
        let (replaced, size) = match event {
            Event::Alloc { id, size } => (put(id, Some(size)), Some(size)),
            Event::Realloc { id, new_size } => (put(id, Some(new_size)), Some(new_size)),
            Event::Free { id } => (put(id, None), None),
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
