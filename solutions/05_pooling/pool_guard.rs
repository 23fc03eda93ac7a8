//! A parser takes a buffer from its pool for every message. Broken messages make it return early, a bug made it panic
//! once, and each time somebody had forgotten to give the buffer back. A *guard* can't forget: it owns the buffer while
//! it is used, and its `drop` gives it back, on every way out of the scope.
//!
//! The guard holds the buffer and a reference to the pool, and nothing that is borrowed from inside the pool: other
//! guards come and go while this one is alive. The pool counts the guards that are out. `drop` counts down whatever
//! became of the buffer, so the count shows one thing only: guards that somebody still keeps, or has forgotten.
//!
//! | measure                    | budget | why                                                       |
//! |----------------------------|--------|-----------------------------------------------------------|
//! | allocations, 1,000 messages     |      4 | one buffer and the pool's list                            |
//! | bytes, the same            |  8,192 | a buffer of 4 KB, used again each time                    |
//! | allocations, from then on       |      0 | even where a message was broken, or made the parser panic |

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

/// The least that a buffer has room for, in bytes.
const ROOM: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: RefCell<Vec<Vec<u8>>>,
    out: Cell<usize>,
}

/// A buffer on loan. Dropping it clears the buffer and gives it back.
struct Guard<'a> {
    buffer: Vec<u8>,
    pool: &'a Pool,
}

impl Pool {
    /// An empty buffer with room for `ROOM` bytes or more.
    fn take(&self) -> Guard<'_> {
        let buffer = self.buffer();
        self.out.set(self.out.get() + 1);
        Guard { buffer, pool: self }
    }

    fn buffer(&self) -> Vec<u8> {
        let waiting = self.free.borrow_mut().pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(ROOM))
    }

    /// How many guards are alive, or were forgotten. Between two messages it should be 0.
    fn outstanding(&self) -> usize {
        self.out.get()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.pool.out.set(self.pool.out.get() - 1);
        let mut buffer = std::mem::take(&mut self.buffer);
        // Through the guard, anybody can take the buffer's room: then there is nothing worth keeping.
        if buffer.capacity() >= ROOM {
            buffer.clear();
            self.pool.free.borrow_mut().push(buffer);
        }
    }
}

impl Deref for Guard<'_> {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.buffer
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }
}

/// The sum of the numbers in a message such as `17,4`; nothing if one of them isn't a number.
fn sum(pool: &Pool, message: &str) -> Option<u64> {
    let mut numbers = pool.take();
    for number in message.split(',') {
        numbers.push(number.parse().ok()?);
    }
    assert!(numbers.len() < 100, "nobody sends a hundred numbers");
    Some(numbers.iter().map(|number| u64::from(*number)).sum())
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("pool_guard")
    .allocations(4)
    .bytes(8_192);

fn main() {
    measuring::show(BUDGET, || {
        let pool = Pool::default();
        let sums = (0..1_000).filter_map(|at| sum(&pool, ["1,2,3", "17,x", "4"][at % 3]));
        (sums.sum::<u64>(), pool.outstanding(), pool)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const WARM: Budget = Budget::of("pool_guard").allocations(0);

    /// Three at once: none may hold what was written before, and each has room.
    #[track_caller]
    fn assert_all_as_new(pool: &Pool) {
        for guard in [pool.take(), pool.take(), pool.take()] {
            assert_eq!(*guard, b"", "another user's bytes are still in it");
            let room = guard.capacity();
            assert!(room >= ROOM, "there is room for {room} bytes only");
        }
    }

    /// Runs what panics. (The message that it prints on its way is expected.)
    fn panics(work: impl FnOnce()) {
        assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
    }

    #[test]
    fn a_guard_is_read_and_written_like_its_buffer() {
        let pool = Pool::default();
        let mut guard = pool.take();
        guard.extend(b"hello");
        guard[0] = b'j';
        assert_eq!(guard.len(), 5);
        assert_eq!(*guard, b"jello");
    }

    #[test]
    fn messages_are_summed() {
        let pool = Pool::default();
        assert_eq!(sum(&pool, "17,4"), Some(21));
        assert_eq!(sum(&pool, "17,4,x"), None);
        assert_eq!(sum(&pool, "255,255"), Some(510));
        assert_eq!(pool.outstanding(), 0);
    }

    #[test]
    fn what_was_written_is_gone() {
        let pool = Pool::default();
        for _ in 0..3 {
            pool.take().extend(b"secret");
            assert_all_as_new(&pool);
        }
    }

    #[test]
    fn guards_are_independent() {
        let pool = Pool::default();
        let mut first = pool.take();
        first.push(1);
        let mut second = pool.take();
        second.push(2);
        pool.take().push(3);
        assert_eq!((&*first, &*second), (&vec![1], &vec![2]));
        drop(first);
        pool.take().push(4);
        assert_eq!(*second, [2]);
    }

    #[test]
    fn a_guard_that_is_kept_is_counted() {
        let pool = Pool::default();
        assert_eq!(pool.outstanding(), 0);
        let mut kept: Vec<Guard> = (0..5).map(|_| pool.take()).collect();
        pool.take().push(1);
        assert_eq!(pool.outstanding(), 5);
        kept.truncate(2);
        assert_eq!(pool.outstanding(), 2);
        drop(kept);
        assert_eq!(pool.outstanding(), 0);
        std::mem::forget(pool.take());
        assert_eq!(
            pool.outstanding(),
            1,
            "a forgotten guard is never given back"
        );
        assert_all_as_new(&pool);
    }

    #[test]
    fn a_panic_gives_back_what_was_out() {
        let pool = Pool::default();
        for _ in 0..3 {
            panics(|| {
                let (mut first, mut second) = (pool.take(), pool.take());
                first.extend(b"secret");
                second.extend(b"secret");
                let longest = "1,".repeat(200) + "1";
                sum(&pool, &longest);
            });
            assert_eq!(pool.outstanding(), 0);
            assert_all_as_new(&pool);
        }
    }

    #[test]
    fn bytes_that_are_taken_out_stay_out() {
        let pool = Pool::default();
        for _ in 0..3 {
            let mut guard = pool.take();
            guard.extend(b"mine");
            let mine = std::mem::take(&mut *guard);
            drop(guard);
            assert_eq!(pool.outstanding(), 0);
            assert_all_as_new(&pool);
            assert_eq!(mine, b"mine");
        }
    }

    #[test]
    fn a_thousand_messages_stay_in_budget() {
        BUDGET.assert_holds(|| {
            let pool = Pool::default();
            for at in 0..1_000 {
                black_box(sum(&pool, ["1,2,3", "17,x", "4"][at % 3]));
            }
            pool
        });
    }

    #[test]
    fn a_warm_pool_costs_nothing() {
        let pool = Pool::default();
        let turn = || {
            let mut taken = [pool.take(), pool.take(), pool.take()];
            taken
                .iter_mut()
                .for_each(|it| it.resize(black_box(ROOM), 7));
        };
        turn();
        WARM.assert_holds(|| (0..100).for_each(|_| turn()));
    }

    #[test]
    fn nothing_is_lost_in_a_panic() {
        let pool = Pool::default();
        panics(|| {
            let _out = [pool.take(), pool.take()];
            panic!("with two buffers out");
        });
        WARM.assert_holds(|| [black_box(&pool).take(), pool.take()].len());
    }
}
