//! A server receives datagrams of up to 16 KB, and now and then a huge one. Receiving cuts a
//! datagram off where the capacity of its buffer ends. So each caller asks the pool for the
//! capacity that it may need. The pool keeps buffers in three sizes for up to 32 callers at a time.
//!
//! Users let a buffer grow, shrink it, or move its bytes out. The pool files it by its length, not
//! by its capacity. Example: a buffer whose bytes were moved out has a length and a
//! capacity of 0. As written, the pool keeps it, and `take(1_000)` returns it. A buffer that serves
//! no class, or has more than 64 KB, goes back to the allocator. Shrunk, it would fill the pool.
//!
//! | measure     |    budget | why                                                          |
//! |-------------|-----------|--------------------------------------------------------------|
//! | allocations |        16 | three buffers, three lists and a huge buffer, for 300 calls  |
//! | peak        | 1,150,000 | a huge buffer has 1,000,000                                  |
//! | live        |    28,000 | one buffer of each size has 21,504 in all; no huge one stays |

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The free buffers, by class.
#[derive(Default)]
struct Pool {
    free: [Vec<Vec<u8>>; 3],
}

/// Returns the smallest class of that many bytes.
fn class_of(bytes: usize) -> usize {
    let smallest = CLASSES.iter().position(|size| *size >= bytes);
    smallest.unwrap_or(CLASSES.len() - 1)
}

impl Pool {
    /// Returns an empty buffer of at least that capacity, even if it is more than any class has.
    fn take(&mut self, capacity: usize) -> Vec<u8> {
        let class = class_of(capacity);
        let free = self.free[class].pop();
        free.unwrap_or_else(|| Vec::with_capacity(CLASSES[class]))
    }

    // TODO: a buffer is filed where callers expect another capacity than it has.
    /// Keeps a buffer for the requests that its capacity can serve.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let class = class_of(buffer.len());
        buffer.clear();
        self.free[class].push(buffer);
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("size_classes")
    .allocations(16)
    .peak(1_150_000)
    .live(28_000);

fn main() {
    measuring::show(BUDGET, a_busy_hour);
}

/// Three callers at a time, 100 times, and a huge datagram. Returns the pool: its memory is live.
fn a_busy_hour() -> Pool {
    let mut pool = Pool::default();
    for _ in 0..100 {
        let mut taken = [1_000, 4_000, 16_000].map(|capacity| pool.take(capacity));
        taken.iter_mut().for_each(|it| fill_from(b"ping", it));
        taken.into_iter().for_each(|it| pool.give_back(it));
    }
    let mut huge = pool.take(std::hint::black_box(1_000_000));
    fill_from(&[7; 100_000], &mut huge);
    pool.give_back(huge);
    pool
}

/// Receives as `recv` does: what is beyond the capacity of the buffer is cut off.
fn fill_from(datagram: &[u8], buffer: &mut Vec<u8>) {
    let spare = buffer.capacity() - buffer.len();
    buffer.extend_from_slice(&datagram[..datagram.len().min(spare)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, heap};
    use std::hint::black_box;

    /// Requests at the edges of every class.
    const REQUESTS: [usize; 11] = [
        0, 1, 100, 1_023, 1_024, 1_025, 4_095, 4_096, 4_097, 16_383, 16_384,
    ];

    /// Requests that no class serves. The last bits of some are those of a small request.
    const HUGE: [usize; 8] = [
        16_385, 20_000, 40_000, 65_536, 65_546, 131_072, 1_000_000, 2_097_153,
    ];

    #[track_caller]
    fn assert_taken(pool: &mut Pool, request: usize, when: &str) {
        let buffer = pool.take(request);
        let (length, capacity) = (buffer.len(), buffer.capacity());
        assert_gives(
            format_args!("length of take({request}) {when}"),
            &length,
            &0,
        );
        assert!(
            capacity >= request,
            "capacity of take({request}) {when}: expected {request} or more, came {capacity}"
        );
    }

    /// Takes a buffer for every request, twice: the largest of a class come first.
    #[track_caller]
    fn assert_serves_all(pool: &mut Pool, when: &str) {
        for request in REQUESTS.into_iter().chain(REQUESTS).rev() {
            assert_taken(pool, request, when);
        }
    }

    #[measuring::test]
    fn a_huge_request_gets_its_capacity() {
        for request in HUGE {
            let mut pool = Pool::default();
            assert_taken(&mut pool, request, "from a new pool");
            let taken = [pool.take(16_000), pool.take(16_384)];
            taken.into_iter().for_each(|it| pool.give_back(it));
            assert_taken(&mut pool, request, "after two of 16,384 came back");
            for other in HUGE {
                let taken = [pool.take(other), pool.take(request)];
                taken.into_iter().for_each(|it| pool.give_back(it));
                let when = format!("after {other} and {request} came back");
                assert_taken(&mut pool, request, &when);
                assert_taken(&mut pool, other, &when);
            }
        }
    }

    /// Takes a buffer for a request and returns it with that capacity and length.
    fn give_back_as(pool: &mut Pool, request: usize, capacity: usize, length: usize) {
        let mut buffer = pool.take(request);
        buffer.resize(length, 7);
        buffer.shrink_to(capacity);
        buffer.reserve_exact(capacity - length);
        pool.give_back(buffer);
    }

    #[measuring::test]
    fn a_buffer_that_grew_or_shrank_serves_what_it_can() {
        for request in [1, 1_024, 4_096, 16_384] {
            for capacity in (0..36_000).step_by(500).chain(REQUESTS) {
                let mut pool = Pool::default();
                for length in [0, capacity / 2, capacity] {
                    give_back_as(&mut pool, request, capacity, length);
                }
                let when = format!("after three came back with a capacity of {capacity}");
                assert_serves_all(&mut pool, &when);
            }
        }
    }

    #[measuring::test]
    fn a_busy_hour_stays_in_budget() {
        BUDGET.assert_holds_in_process(a_busy_hour);
    }

    /// 32 callers at a time, in each class alone and in all of them.
    #[measuring::test]
    fn the_buffers_of_all_callers_are_used_again() {
        for requests in [
            [1_024; 4],
            [4_000; 4],
            [16_384; 4],
            [16_000, 4_096, 1_000, 1],
        ] {
            let mut pool = Pool::default();
            let mut taken = Vec::with_capacity(32);
            let mut turn = || {
                let callers = requests.iter().cycle().take(32);
                taken.extend(callers.map(|request| pool.take(black_box(*request))));
                taken.iter_mut().for_each(|it| fill_from(b"ping", it));
                taken.drain(..).for_each(|it| pool.give_back(it));
            };
            turn();
            let warm = Budget::of("size_classes").allocations(0).live(0);
            warm.assert_holds(|| (0..100).for_each(|_| turn()));
        }
    }

    #[track_caller]
    fn assert_within(budget: Budget, cost: measuring::Heap, when: &str) {
        if !budget.allows(&cost) {
            println!("{when}:");
        }
        budget.assert_allows(cost);
    }

    /// What the pool keeps after 32 callers have returned their buffers.
    #[measuring::test]
    fn a_buffer_is_no_larger_than_its_class() {
        for (request, size) in [(1, 1_024), (1_024, 1_024), (1_025, 4_096), (4_097, 16_384)] {
            let mut taken = Vec::with_capacity(32);
            let (pool, cost) = heap(|| {
                let mut pool = Pool::default();
                taken.extend((0..32).map(|_| pool.take(black_box(request))));
                taken.drain(..).for_each(|it| pool.give_back(it));
                pool
            });
            let lists = 5_000;
            let budget = Budget::of("size_classes").live(32 * size * 11 / 10 + lists);
            assert_within(
                budget,
                cost,
                &format!("After 32 callers of take({request})"),
            );
            drop(pool);
        }
    }

    /// A buffer that its user enlarged serves larger requests than before.
    #[measuring::test]
    fn buffers_between_two_classes_are_used_again() {
        for (request, capacity, next) in [
            (1, 1_025, 1_024),
            (1, 2_047, 1_000),
            (1, 3_000, 1_024),
            (1_024, 4_095, 1_024),
            (1_024, 4_096, 4_096),
            (1_024, 5_000, 4_096),
            (4_096, 8_192, 4_096),
            (1, 12_000, 4_096),
            (4_096, 16_383, 4_096),
            (4_096, 16_384, 16_384),
        ] {
            let mut pool = Pool::default();
            give_back_as(&mut pool, request, capacity, 1_000);
            let (buffer, cost) = heap(|| pool.take(black_box(next)));
            let budget = Budget::of("size_classes").allocations(0).live(0);
            let when = format!("take({next}) after a buffer of {capacity} came back");
            assert_within(budget, cost, &when);
            drop(buffer);
        }
    }

    /// What 100 buffers of no use leave behind.
    #[track_caller]
    fn assert_nothing_stays(when: &str, request: usize, change: fn(&mut Vec<u8>)) {
        let (pool, cost) = heap(|| {
            let mut pool = Pool::default();
            for _ in 0..100 {
                let mut buffer = pool.take(black_box(request));
                change(&mut buffer);
                pool.give_back(buffer);
            }
            pool
        });
        assert_within(Budget::of("size_classes").live(6_000), cost, when);
        drop(pool);
    }

    #[measuring::test]
    fn huge_buffers_go_back_to_the_allocator() {
        for request in [
            65_537, 70_000, 100_000, 200_000, 262_144, 999_999, 3_000_001,
        ] {
            let when = format!("After take({request}), 100 times");
            assert_nothing_stays(&when, request, |_| {});
        }
        assert_nothing_stays("After 100 buffers that grew to 150,000", 1, |it| {
            it.reserve_exact(150_000);
        });
    }

    #[measuring::test]
    fn small_buffers_go_back_to_the_allocator() {
        assert_nothing_stays("After 100 buffers that shrank to 1,000", 1_024, |it| {
            it.shrink_to(1_000);
        });
        assert_nothing_stays("After 100 buffers that shrank to 900", 4_096, |it| {
            it.shrink_to(900);
        });
    }

    #[measuring::test]
    fn a_huge_buffer_is_no_larger_than_needed() {
        for request in [20_000, 70_000, 600_000] {
            let (pool, cost) = heap(|| {
                let mut pool = Pool::default();
                let buffer = pool.take(black_box(request));
                pool.give_back(buffer);
                pool
            });
            let peak = 2 * request as u64 + 1_000;
            let budget = Budget::of("size_classes").peak(peak).live(75_000);
            assert_within(budget, cost, &format!("take({request})"));
            drop(pool);
        }
    }
}
