//! A log shipper packs the lines of each service into a batch and sends it to a collector. On a quiet day 32 batches are
//! being filled or sent at any time, of at most 4 KB each. Their buffers come from a pool.
//!
//! The pool has two bounds. It keeps no more buffers than a quiet day needs: what a burst took goes back to the
//! allocator. And it keeps none that has grown far beyond what a quiet day needs: one bound on the bytes of all of them
//! would let a single large buffer crowd out all the others. Neither bound refuses anybody a buffer.
//!
//! | measure              |  budget | why                                                             |
//! |----------------------|---------|-----------------------------------------------------------------|
//! | live, after all that | 270,000 | 32 buffers of 4 KB are 131,072; twice as much is fine           |
//! | allocations, the burst    |   1,100 | a buffer for each batch, once                                   |
//! | allocations, quiet days   |      40 | 32 buffers, used again however many quiet days follow           |

#![forbid(unsafe_code)]

/// What a batch needs on a quiet day.
const ROOM: usize = 4_096;

/// How many batches there are at a time on a quiet day.
const BATCHES: usize = 32;

#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// An empty buffer with room for 4 KB or more. A busy shipper is never refused one.
    fn take(&mut self) -> Vec<u8> {
        let waiting = self.free.pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(ROOM))
    }

    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if self.free.len() < BATCHES && buffer.capacity() <= 2 * ROOM {
            buffer.clear();
            self.free.push(buffer);
        }
    }
}

/// Fills so many batches of a size, all at once in `filled`, and gives their buffers back.
fn ship(pool: &mut Pool, filled: &mut Vec<Vec<u8>>, batches: usize, size: usize) {
    for _ in 0..batches {
        let mut batch = pool.take();
        batch.resize(size, b'.');
        filled.push(batch);
    }
    filled.drain(..).for_each(|it| pool.give_back(it));
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("unbounded_pool")
    .allocations(1_100)
    .live(270_000);

fn main() {
    let mut filled = Vec::with_capacity(1_000);
    measuring::show(BUDGET, || {
        let mut pool = Pool::default();
        ship(&mut pool, &mut filled, 1_000, ROOM);
        ship(&mut pool, &mut filled, 1, 2_000_000);
        (0..100).for_each(|_| ship(&mut pool, &mut filled, BATCHES, ROOM));
        pool
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, heap};
    use std::hint::black_box;

    /// A pool after batches of these sizes, each so many at once; and a list for a thousand batches.
    fn after(days: &[(usize, usize)]) -> (Pool, Vec<Vec<u8>>) {
        let (mut pool, mut filled) = (Pool::default(), Vec::with_capacity(1_000));
        for (batches, size) in days {
            ship(&mut pool, &mut filled, *batches, black_box(*size));
        }
        (pool, filled)
    }

    fn assert_as_new(buffer: &Vec<u8>) {
        assert!(buffer.is_empty(), "{} bytes are left in it", buffer.len());
        let room = buffer.capacity();
        assert!(room >= ROOM, "there is room for {room} bytes only");
    }

    #[test]
    fn every_buffer_is_empty_and_has_room() {
        for size in [0, 1, ROOM, 3 * ROOM, 2_000_000] {
            let (mut pool, _) = after(&[(BATCHES, size), (1, size), (BATCHES, 7)]);
            let taken: Vec<_> = (0..2 * BATCHES).map(|_| pool.take()).collect();
            taken.iter().for_each(assert_as_new);
        }
    }

    #[test]
    fn nobody_is_refused_in_a_burst() {
        let (mut pool, _) = after(&[(BATCHES, ROOM)]);
        let taken: Vec<_> = (0..1_000u32)
            .map(|number| {
                let mut buffer = pool.take();
                assert_as_new(&buffer);
                buffer.extend(number.to_be_bytes());
                buffer
            })
            .collect();
        assert!(
            (0..1_000u32)
                .zip(&taken)
                .all(|(number, it)| *it == number.to_be_bytes())
        );
    }

    #[test]
    fn a_bad_day_and_a_hundred_quiet_ones_stay_in_budget() {
        let mut filled = Vec::with_capacity(1_000);
        BUDGET.assert_holds(|| {
            let mut pool = Pool::default();
            ship(&mut pool, &mut filled, black_box(1_000), ROOM);
            ship(&mut pool, &mut filled, 1, black_box(2_000_000));
            (0..100).for_each(|_| ship(&mut pool, &mut filled, BATCHES, ROOM));
            pool
        });
    }

    /// What a pool holds after such days, and what quiet days cost from then on.
    fn assert_recovers(days: &[(usize, usize)]) {
        let ((mut pool, mut filled), held) = heap(|| after(days));
        let list = (filled.capacity() * size_of::<Vec<u8>>()) as i64;
        let budget = Budget::of("unbounded_pool").live(270_000 + list);
        budget.assert_allows(held);
        let quiet = Budget::of("unbounded_pool").allocations(40).live(270_000);
        quiet.assert_holds(|| (0..100).for_each(|_| ship(&mut pool, &mut filled, BATCHES, ROOM)));
    }

    #[test]
    fn a_burst_is_got_over() {
        assert_recovers(&[(1_000, ROOM)]);
        assert_recovers(&[(1_000, ROOM), (1_000, 1)]);
    }

    #[test]
    fn one_large_batch_is_got_over() {
        assert_recovers(&[(1, 2_000_000)]);
        assert_recovers(&[(1, 200_000)]);
    }

    #[test]
    fn large_batches_on_a_quiet_day_are_got_over() {
        assert_recovers(&[(BATCHES, ROOM), (BATCHES, 100_000)]);
        assert_recovers(&[(BATCHES, 20_000), (BATCHES, ROOM)]);
    }
}
