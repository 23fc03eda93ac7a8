//! A server receives datagrams of up to 16 KB, and now and then a huge one. A datagram is cut off where the room of its
//! buffer ends, so whoever receives asks the pool for as much room as can be needed. The pool keeps buffers in three
//! sizes, so that a short datagram doesn't hold 16 KB.
//!
//! A buffer is made in one size and can come back in another: its user let it grow, shrank it, or took the bytes out.
//! And its length says what was in it, not how much fits in. The pool files it by that length: as written, most
//! datagrams are short, all large buffers end up among the small ones, and some datagrams are cut off.
//!
//! | measure | budget | why                                                                    |
//! |---------|--------|------------------------------------------------------------------------|
//! | allocations  |     16 | three buffers, three lists, a huge buffer; however many datagrams come |
//! | live    | 24,000 | one buffer of each size is 21,504; a huge one isn't kept               |

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The buffers that wait, by class.
#[derive(Default)]
struct Pool {
    free: [Vec<Vec<u8>>; 3],
}

/// The smallest class with so much room.
fn class_of(room: usize) -> usize {
    let smallest = CLASSES.iter().position(|size| *size >= room);
    smallest.unwrap_or(CLASSES.len() - 1)
}

// TODO: give everybody the room that was asked for, by filing every buffer where it belongs, if it belongs anywhere.
impl Pool {
    /// An empty buffer with room for at least so many bytes, be it more than the largest class has.
    fn take(&mut self, room: usize) -> Vec<u8> {
        let class = class_of(room);
        let waiting = self.free[class].pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(CLASSES[class]))
    }

    /// Keeps a buffer for the largest requests that it has room for. One that grew is worth more than before.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let class = class_of(buffer.len());
        buffer.clear();
        self.free[class].push(buffer);
    }
}

/// Puts as much of a datagram into a buffer as there is room for, as `recv` does.
fn receive(datagram: &[u8], buffer: &mut Vec<u8>) {
    let room = buffer.capacity() - buffer.len();
    buffer.extend_from_slice(&datagram[..datagram.len().min(room)]);
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("size_classes")
    .allocations(16)
    .live(24_000);

/// A hundred times three buffers of three sizes, none of them filled; then one huge datagram.
fn a_busy_hour(pool: &mut Pool) {
    for _ in 0..100 {
        let mut taken = [1_000, 4_000, 16_000].map(|room| pool.take(room));
        taken.iter_mut().for_each(|it| receive(b"ping", it));
        taken.into_iter().for_each(|it| pool.give_back(it));
    }
    let mut huge = pool.take(1_000_000);
    receive(&[7; 100_000], &mut huge);
    pool.give_back(huge);
}

fn main() {
    measuring::show(BUDGET, || {
        let mut pool = Pool::default();
        a_busy_hour(&mut pool);
        pool
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    /// Requests at the edges of every class.
    const ROOMS: [usize; 11] = [
        0, 1, 1_023, 1_024, 1_025, 4_096, 4_097, 16_384, 16_385, 40_000, 1_000_000,
    ];

    /// Takes a buffer for every one of `ROOMS`, twice; the largest of a class first, so that it gets what is waiting.
    #[track_caller]
    fn assert_serves_all(pool: &mut Pool) {
        for room in ROOMS.into_iter().chain(ROOMS).rev() {
            let buffer = pool.take(room);
            let (length, capacity) = (buffer.len(), buffer.capacity());
            assert_eq!(length, 0, "a buffer for {room} bytes isn't empty");
            assert!(
                capacity >= room,
                "a buffer for {room} bytes has room for {capacity}"
            );
        }
    }

    #[test]
    fn a_new_pool_gives_what_is_asked_for() {
        assert_serves_all(&mut Pool::default());
    }

    #[test]
    fn what_was_received_changes_nothing() {
        for received in [0, 4, 1_000, 5_000, 20_000] {
            let mut pool = Pool::default();
            let mut taken = ROOMS.map(|room| pool.take(room));
            taken
                .iter_mut()
                .for_each(|it| receive(&vec![1; received], it));
            taken.into_iter().for_each(|it| pool.give_back(it));
            assert_serves_all(&mut pool);
        }
    }

    #[test]
    fn no_datagram_is_cut_off() {
        let mut pool = Pool::default();
        for length in ROOMS.into_iter().rev().chain(ROOMS) {
            let datagram: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut buffer = pool.take(length);
            receive(&datagram, &mut buffer);
            assert!(buffer == datagram, "{length} bytes became {}", buffer.len());
            pool.give_back(buffer);
        }
    }

    #[test]
    fn buffers_that_grew_are_not_taken_for_more() {
        for room in ROOMS {
            let mut pool = Pool::default();
            let mut buffer = pool.take(1);
            buffer.resize(room, 7);
            pool.give_back(buffer);
            assert_serves_all(&mut pool);
        }
    }

    #[test]
    fn buffers_that_shrank_are_not_taken_for_more() {
        for room in ROOMS {
            let mut pool = Pool::default();
            for kept in [0, 10, room / 2] {
                let mut buffer = pool.take(room);
                buffer.resize(kept.min(room), 7);
                buffer.shrink_to_fit();
                pool.give_back(buffer);
            }
            assert_serves_all(&mut pool);
        }
    }

    /// Made by somebody else, they are welcome if they are of use.
    #[test]
    fn buffers_from_elsewhere_are_not_taken_for_more() {
        let mut pool = Pool::default();
        for room in (0..40_000).step_by(500).chain(ROOMS) {
            pool.give_back(vec![1; room]);
            assert_serves_all(&mut pool);
        }
    }

    #[test]
    fn a_busy_hour_stays_in_budget() {
        BUDGET.assert_holds(|| {
            let mut pool = Pool::default();
            a_busy_hour(black_box(&mut pool));
            pool
        });
    }

    #[test]
    fn a_warm_pool_costs_nothing() {
        let mut pool = Pool::default();
        let mut turn = || {
            let mut taken = [16_384, 4_096, 1_024, 4_000, 1].map(|room| pool.take(room));
            taken.iter_mut().for_each(|it| receive(b"ping", it));
            taken.into_iter().for_each(|it| pool.give_back(it));
        };
        turn();
        let warm = Budget::of("size_classes").allocations(0);
        warm.assert_holds(|| (0..100).for_each(|_| turn()));
    }

    #[test]
    fn a_buffer_that_grew_serves_larger_requests() {
        let mut pool = Pool::default();
        let mut buffer = pool.take(1_000);
        buffer.reserve_exact(5_000);
        pool.give_back(buffer);
        let warm = Budget::of("size_classes").allocations(0);
        let buffer = warm.assert_holds(|| pool.take(black_box(4_096)));
        assert!(buffer.is_empty());
    }
}
