//! A parser takes a buffer from its pool for each message. A broken message makes it return early,
//! and a bug can make it panic. The guard owns the buffer, and its `drop` returns the buffer to the
//! pool on every way out of the scope.
//!
//! The guard has a reference to the pool and borrows nothing inside it, so that other guards come
//! and go. `drop` counts the guard down whatever became of the buffer: only guards that are alive
//! or forgotten stay counted. Example: after `std::mem::take(&mut *guard)` and `drop(guard)`,
//! `outstanding()` is 0, and the next guard again has a capacity of 4,096 bytes or more.
//!
//! | measure                     | budget | why                                                |
//! |-----------------------------|--------|----------------------------------------------------|
//! | allocations, 1,000 messages |      4 | one buffer and the pool's list                     |
//! | bytes and live, the same    |  6,144 | a buffer of 4 KB, used again for each message      |
//! | allocations, from then on   |      0 | also after broken messages and panics              |

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

/// The least capacity of a buffer, in bytes.
const CAPACITY: usize = 4_096;

#[derive(Default)]
struct Pool {
    free: RefCell<Vec<Vec<u8>>>,
    out: Cell<usize>,
}

/// A buffer on loan. Dropping the guard clears the buffer and returns it to the pool.
struct Guard<'a> {
    buffer: Vec<u8>,
    pool: &'a Pool,
}

impl Pool {
    /// Lends an empty buffer with a capacity of `CAPACITY` bytes or more.
    fn take(&self) -> Guard<'_> {
        let buffer = self.buffer();
        self.out.set(self.out.get() + 1);
        Guard { buffer, pool: self }
    }

    fn buffer(&self) -> Vec<u8> {
        let free = self.free.borrow_mut().pop();
        free.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Returns how many guards are alive or were forgotten. Between two messages it should be 0.
    fn outstanding(&self) -> usize {
        self.out.get()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.pool.out.set(self.pool.out.get() - 1);
        let mut buffer = std::mem::take(&mut self.buffer);
        // The user of the guard may have left a smaller buffer there.
        if buffer.capacity() >= CAPACITY {
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("pool_guard")
    .allocations(4)
    .bytes(6_144)
    .live(6_144);

fn main() {
    measuring::show(BUDGET, a_thousand_messages);
}

/// Returns the sum of the messages, `outstanding()`, and the pool, so that its memory is live.
fn a_thousand_messages() -> (u64, usize, Pool) {
    let pool = Pool::default();
    let messages = ["1,2,3", "17,x", "4"].into_iter().cycle().take(1_000);
    let sums = messages.filter_map(|it| sum_of(&pool, std::hint::black_box(it)));
    (sums.sum(), pool.outstanding(), pool)
}

/// Returns the sum of the numbers in a message such as `17,4`, or `None` if one isn't a number.
fn sum_of(pool: &Pool, message: &str) -> Option<u64> {
    let mut numbers = pool.take();
    for number in message.split(',') {
        numbers.push(number.parse().ok()?);
    }
    Some(numbers.iter().map(|number| u64::from(*number)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    /// The least capacity of a buffer.
    const LEAST: usize = 4_096;
    const AT_A_TIME: usize = 16;
    const WARM: Budget = Budget::of("pool_guard").allocations(0).live(0);

    /// Takes 16 at a time: none may hold what was written before, and each has its capacity.
    #[track_caller]
    fn assert_all_as_new(pool: &Pool, when: &str) {
        let guards: Vec<_> = (0..AT_A_TIME).map(|_| pool.take()).collect();
        for guard in &guards {
            assert_gives(format_args!("bytes in a guard {when}"), &guard[..], b"");
            let capacity = guard.capacity();
            assert!(
                capacity >= LEAST,
                "capacity of a guard {when}: expected {LEAST} or more, came {capacity}"
            );
        }
    }

    #[track_caller]
    fn assert_outstanding(pool: &Pool, when: &str, expected: usize) {
        assert_gives(
            format_args!("outstanding() {when}"),
            &pool.outstanding(),
            &expected,
        );
    }

    /// Panics, without a message, while what `work` returns is alive.
    fn interrupted<T>(work: impl FnOnce() -> T) {
        struct BugInTheParser;
        let panic = || -> () {
            let _alive = work();
            resume_unwind(Box::new(BugInTheParser));
        };
        match catch_unwind(AssertUnwindSafe(panic)) {
            Err(panic) if !panic.is::<BugInTheParser>() => resume_unwind(panic),
            _ => {}
        }
    }

    #[measuring::test]
    fn what_was_written_is_gone() {
        for length in [1, 6, LEAST, 10_000] {
            let pool = Pool::default();
            for _ in 0..3 {
                pool.take().resize(length, 7);
                assert_all_as_new(&pool, &format!("after {length} bytes were written"));
            }
        }
    }

    #[measuring::test]
    fn a_guard_that_is_alive_is_counted() {
        let (pool, other) = (Pool::default(), Pool::default());
        assert_outstanding(&pool, "of a new pool", 0);
        let mut kept: Vec<_> = (0..5).map(|_| pool.take()).collect();
        pool.take().push(1);
        assert_outstanding(&pool, "with five guards alive, and one dropped", 5);
        assert_outstanding(&other, "of another pool", 0);
        kept.truncate(2);
        assert_outstanding(&pool, "with two guards alive", 2);
        drop(kept);
        assert_outstanding(&pool, "after all guards were dropped", 0);
    }

    #[measuring::test]
    fn a_guard_that_is_forgotten_is_counted() {
        let pool = Pool::default();
        for number in 1..=70_000 {
            let mut guard = pool.take();
            drop(std::mem::take(&mut *guard));
            std::mem::forget(guard);
            assert_outstanding(&pool, &format!("after {number} were forgotten"), number);
        }
        assert_all_as_new(&pool, "after others were forgotten");
    }

    #[measuring::test]
    fn a_panic_returns_what_was_taken() {
        let pool = Pool::default();
        for _ in 0..3 {
            interrupted(|| {
                let mut guards = [pool.take(), pool.take()];
                guards.iter_mut().for_each(|it| it.extend(b"secret"));
                guards
            });
            assert_outstanding(&pool, "after a panic with two guards alive", 0);
            assert_all_as_new(&pool, "after a panic with two guards alive");
        }
    }

    #[measuring::test]
    fn a_buffer_that_was_left_small_is_not_lent() {
        for left in [0, 1, LEAST / 4, LEAST / 2, LEAST - 1] {
            let pool = Pool::default();
            for _ in 0..3 {
                let mut guard = pool.take();
                guard.extend(b"mine");
                let mine = std::mem::replace(&mut *guard, Vec::with_capacity(left));
                drop(guard);
                let when = format!("after a guard was left with {left} bytes");
                assert_outstanding(&pool, &when, 0);
                assert_all_as_new(&pool, &when);
                assert_gives("bytes that were moved out", &mine[..], b"mine");
            }
        }
    }

    #[measuring::test]
    fn a_thousand_messages_stay_in_budget() {
        let (sum, outstanding, _pool) = BUDGET.assert_holds_in_process(a_thousand_messages);
        assert_gives("sum of all messages", &sum, &(334 * 6 + 333 * 4));
        assert_gives("outstanding() after all messages", &outstanding, &0);
    }

    #[measuring::test]
    fn the_buffers_of_all_guards_are_used_again() {
        let pool = Pool::default();
        let mut guards = Vec::with_capacity(AT_A_TIME);
        let mut turn = || {
            guards.extend((0..AT_A_TIME).map(|_| pool.take()));
            guards
                .iter_mut()
                .for_each(|it| it.resize(black_box(LEAST), 7));
            guards.clear();
        };
        turn();
        WARM.assert_holds(|| (0..100).for_each(|_| turn()));
    }

    #[measuring::test]
    fn nothing_is_lost_in_a_panic() {
        let pool = Pool::default();
        interrupted(|| [pool.take(), pool.take()]);
        WARM.assert_holds(|| drop([black_box(&pool).take(), pool.take()]));
    }

    #[measuring::test]
    fn buffers_that_were_left_small_are_dropped() {
        for left in [1_000, LEAST - 1] {
            let budget = Budget::of("pool_guard").live(10_000);
            budget.assert_holds(|| {
                let pool = Pool::default();
                for _ in 0..100 {
                    *pool.take() = Vec::with_capacity(black_box(left));
                }
                pool
            });
        }
    }
}
