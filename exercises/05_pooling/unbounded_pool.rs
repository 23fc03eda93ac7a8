//! A log shipper packs the lines of each service into a batch and sends it to a collector. On a
//! quiet day 32 batches of up to 4 KB are in use at a time. Their buffers come from a pool.
//!
//! The pool keeps every buffer. One day the collector is away for an hour, and 1,000 batches wait
//! for it. Another day one batch has 2 MB. From then on the shipper needs as much memory as on its
//! worst day. Keep what quiet days need, so that these stay free of allocations.
//!
//! No caller is refused a buffer, and each has its capacity. Example: a sender may move the bytes
//! out of a buffer and return it without capacity. `take` still gives the next 4,096 or more.
//!
//! | measure                 |    budget | why                                                   |
//! |-------------------------|-----------|-------------------------------------------------------|
//! | allocations, bad days   |     1,150 | one buffer per batch, 1,000 at a time, and the lists  |
//! | peak, bad days          | 4,800,000 | 1,000 buffers of 4 KB                                 |
//! | live, after bad days    |   300,000 | 32 buffers of 4 KB are 131,072; twice as much is fine |
//! | allocations, quiet days |        72 | 32 buffers, made or enlarged once                     |

#![forbid(unsafe_code)]

/// The bytes of a batch on a quiet day.
const CAPACITY: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// Returns an empty buffer with a capacity of 4,096 bytes or more, also to the 1,000th caller.
    fn take(&mut self) -> Vec<u8> {
        let free = self.free.pop();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Takes back a buffer of any capacity, with whatever is in it.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        // TODO: after a bad day, there are too many buffers in the list, or too large ones.
        if buffer.capacity() >= CAPACITY {
            buffer.clear();
            self.free.push(buffer);
        }
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("unbounded_pool")
    .allocations(1_150)
    .peak(4_800_000)
    .live(300_000);

fn main() {
    let mut filled = Vec::with_capacity(1_000); // not counted
    measuring::show(BUDGET, || bad_days(&mut filled));
}

/// A burst, a batch of 2 MB, and 100 quiet days. Returns the pool, so that its memory is live.
fn bad_days(filled: &mut Vec<Vec<u8>>) -> Pool {
    let mut pool = Pool::default();
    send(&mut pool, filled, 1_000, 4_096);
    send(&mut pool, filled, 1, 2_000_000);
    (0..100).for_each(|_| send(&mut pool, filled, 32, 4_096));
    pool
}

/// Fills so many batches of a size, keeps them all in `filled`, and returns their buffers.
fn send(pool: &mut Pool, filled: &mut Vec<Vec<u8>>, batches: usize, size: usize) {
    for _ in 0..batches {
        let mut batch = pool.take();
        fill(&mut batch, std::hint::black_box(size));
        filled.push(batch);
    }
    filled.drain(..).for_each(|it| pool.give_back(it));
}

/// Adds so many bytes. The buffer grows in one step if it has to.
fn fill(batch: &mut Vec<u8>, size: usize) {
    const LINES: [u8; 4_096] = [b'.'; 4_096];
    batch.reserve(size);
    let mut left = size;
    while left > 0 {
        let part = left.min(LINES.len());
        batch.extend_from_slice(&LINES[..part]);
        left -= part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, heap};

    /// The least capacity of a buffer from the pool.
    const LEAST: usize = 4_096;

    /// What a quiet day may cost: 32 buffers once, a list, and nothing more is live.
    const QUIET: Budget = Budget::of("unbounded_pool").allocations(72).live(300_000);

    /// Batches of a day: how many at a time, and of how many bytes each.
    const DAYS: [(usize, usize); 21] = [
        (1, 1),
        (1, 100_000),
        (1, 200_000),
        (1, 2_000_000),
        (2, 150_000),
        (16, 20_000),
        (31, 4_096),
        (32, 0),
        (32, 4_096),
        (32, 8_000),
        (32, 12_000),
        (32, 20_000),
        (32, 100_000),
        (33, 4_096),
        (64, 4_096),
        (64, 8_000),
        (100, 4_096),
        (100, 6_000),
        (1_000, 1),
        (1_000, 4_096),
        (1_000, 5_000),
    ];

    fn list() -> Vec<Vec<u8>> {
        Vec::with_capacity(1_000)
    }

    /// Takes 70 buffers at a time.
    #[track_caller]
    fn assert_as_new(pool: &mut Pool, when: &str) {
        let taken: Vec<_> = (0..70).map(|_| pool.take()).collect();
        for buffer in taken {
            assert_as_promised(&buffer, when);
        }
    }

    #[track_caller]
    fn assert_as_promised(buffer: &Vec<u8>, when: &str) {
        let (length, capacity) = (buffer.len(), buffer.capacity());
        assert_gives(format_args!("length of a buffer {when}"), &length, &0);
        assert!(
            capacity >= LEAST,
            "capacity of a buffer {when}: expected {LEAST} or more, came {capacity}"
        );
    }

    #[measuring::test]
    fn every_buffer_is_empty_and_large_enough() {
        for (batches, size) in DAYS {
            let (mut pool, mut filled) = (Pool::default(), list());
            send(&mut pool, &mut filled, batches, size);
            assert_as_new(
                &mut pool,
                &format!("after {batches} batches of {size} bytes"),
            );
        }
    }

    /// A sender moves the bytes out of so many buffers at a time, and leaves others there.
    fn send_and_keep(pool: &mut Pool, filled: &mut Vec<Vec<u8>>, batches: usize, left: usize) {
        filled.extend((0..batches).map(|_| pool.take()));
        for mut batch in filled.drain(..) {
            batch = Vec::with_capacity(left + batch.len());
            pool.give_back(batch);
        }
    }

    #[measuring::test]
    fn a_buffer_that_came_back_small_is_not_taken() {
        for left in [0, 1, LEAST / 4, LEAST / 2, LEAST - 1] {
            let (mut pool, mut filled) = (Pool::default(), list());
            send_and_keep(&mut pool, &mut filled, 40, left);
            assert_as_new(
                &mut pool,
                &format!("after some came back with {left} bytes of capacity"),
            );
        }
    }

    #[measuring::test]
    fn no_caller_is_refused_in_a_burst() {
        let mut pool = Pool::default();
        let taken: Vec<_> = (0..1_000_u32)
            .map(|number| {
                let mut buffer = pool.take();
                assert_as_promised(&buffer, &format!("number {number} of a burst"));
                buffer.extend(number.to_be_bytes());
                buffer
            })
            .collect();
        for (number, buffer) in (0..1_000_u32).zip(taken) {
            assert_gives("bytes of a batch", &buffer[..], &number.to_be_bytes());
        }
    }

    #[measuring::test]
    fn bad_days_stay_in_budget() {
        let mut filled = list();
        BUDGET.assert_holds_in_process(|| bad_days(&mut filled));
    }

    #[track_caller]
    fn assert_within(budget: Budget, cost: measuring::Heap, when: &str) {
        if !budget.allows(&cost) {
            println!("{when}:");
        }
        budget.assert_allows(cost);
    }

    /// What the pool keeps after bad days, and what quiet days cost from then on.
    #[track_caller]
    fn assert_recovers(when: &str, bad: impl FnOnce(&mut Pool, &mut Vec<Vec<u8>>)) {
        let mut filled = list();
        let (mut pool, kept) = heap(|| {
            let mut pool = Pool::default();
            bad(&mut pool, &mut filled);
            pool
        });
        let budget = Budget::of("unbounded_pool").live(300_000);
        assert_within(budget, kept, &format!("What the pool keeps {when}"));
        let (_pool, cost) = heap(|| {
            (0..100).for_each(|_| send(&mut pool, &mut filled, 32, LEAST));
            pool
        });
        assert_within(QUIET, cost, &format!("100 quiet days {when}"));
    }

    #[measuring::test]
    fn quiet_days_follow_every_bad_one() {
        for (batches, size) in DAYS {
            let when = format!("after {batches} batches of {size} bytes");
            assert_recovers(&when, |pool, filled| send(pool, filled, batches, size));
            assert_recovers(&format!("{when}, after a quiet day"), |pool, filled| {
                send(pool, filled, 32, LEAST);
                send(pool, filled, batches, size);
            });
        }
    }

    #[measuring::test]
    fn buffers_that_came_back_small_are_not_kept() {
        for left in [0, LEAST / 4, LEAST - 1] {
            let when = format!("after 1,000 came back with {left} bytes of capacity");
            assert_recovers(&when, |pool, filled| {
                send_and_keep(pool, filled, 1_000, left)
            });
        }
    }

    /// A sender may also keep a buffer for good.
    #[measuring::test]
    fn buffers_that_never_came_back_are_replaced() {
        assert_recovers("after 20,000 never came back", |pool, _| {
            (0..20_000).for_each(|_| drop(pool.take()));
        });
    }
}
