//! Figures that are no cases: sizes, and what waits where.
//!
//! Those about bytes are counted by the meter, so they need a binary that has it installed.

use std::collections::HashMap;

use measuring::case::{Fact, fact};
use measuring::{grouped, heap};

use crate::staircases::burst::SIZES;
use crate::staircases::compress::Archive;
use crate::staircases::json::Outbox;
use crate::staircases::requests::FixedSeed;
use crate::{Limits, Locked, Pooled, Shelf, Stack};

pub(crate) const FACTS: &[Fact] = &[
    fact("size_of_guard", || {
        grouped(size_of::<Pooled<'_, Vec<u8>, Locked<Vec<u8>>>>())
    }),
    fact("allocations_of_clearing_again", || {
        let shelf = Stack::new(Limits::of(1));
        shelf.put(make());
        let (_, cost) = heap(|| shelf.lend(make).clear());
        cost.allocations.to_string()
    }),
    fact("json_bytes_short", || {
        grouped(Outbox::with_texts_of(20).bytes_of_one())
    }),
    fact("json_bytes_long", || {
        grouped(Outbox::with_texts_of(4_000).bytes_of_one())
    }),
    fact("context_bytes_540", || {
        grouped(Archive::of(540).context_bytes())
    }),
    fact("context_bytes_27000", || {
        grouped(Archive::of(27_000).context_bytes())
    }),
    fact("burst_in_one_size", || grouped(1_000 * SIZES[2])),
    fact("burst_in_three_classes", || {
        grouped(600 * SIZES[0] + 300 * SIZES[1] + 100 * SIZES[2])
    }),
    fact("buffers_of_10000_connections", || {
        grouped(live(|| (0..10_000).map(|_| make()).collect::<Vec<_>>()))
    }),
    fact("buffers_of_10_requests", || {
        grouped(live(|| {
            let shelf = Locked::new(Limits::of(10));
            for _ in 0..1_000 {
                // Ten at a time are at work, and their guards go together.
                let _active = [(); 10].map(|()| shelf.lend(make));
            }
            shelf
        }))
    }),
    fact("map_room_for_4", || grouped(map(4).capacity())),
    fact("map_room_after_1000", || grouped(cleared_map().capacity())),
    fact("map_bytes_after_1000", || grouped(live(cleared_map))),
    fact("map_room_after_shrink_to_14", || {
        let mut map = cleared_map();
        map.shrink_to(14);
        grouped(map.capacity())
    }),
];

/// The bytes that what was made holds.
fn live<T>(make: impl FnOnce() -> T) -> usize {
    let (_made, cost) = heap(make);
    cost.live.unsigned_abs() as usize
}

fn make() -> Vec<u8> {
    Vec::with_capacity(4_096)
}

fn map(room: usize) -> HashMap<u64, u64, FixedSeed> {
    HashMap::with_capacity_and_hasher(room, FixedSeed::default())
}

/// A map that once held a thousand entries.
fn cleared_map() -> HashMap<u64, u64, FixedSeed> {
    let mut grown = map(4);
    grown.extend((0..1_000).map(|key| (key, key)));
    grown.clear();
    grown
}
