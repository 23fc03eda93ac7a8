//! A game keeps the positions of what flies about: a thousand in a battle, ten on an ordinary tick. Somebody heard that
//! allocations are slow, and put the positions, 16 bytes each, into a pool. A pool of boxes has a price of its own: a
//! list of pointers that grows like any other, and whatever one battle took, it keeps.
//!
//! | positions            | allocations                                   | live at the end                     |
//! |----------------------|------------------------------------------|-------------------------------------|
//! | pooled               | one for each in the battle, and the list | all of these                        |
//! | pooled, the next day | none                                     | nothing more                        |
//! | boxed                | one for each, every time                 | nothing                             |
//! | by value             | none                                     | nothing                             |
//!
//! The pool saves half of the allocations on its first day and all of them on the next, and keeps some 24 bytes for every 16
//! that were needed once. What is as small as this and is copied anyway needs neither a box nor a pool.

#![forbid(unsafe_code)]

// A thousand boxes, and a list that grows from 4 pointers to 1,024 in nine allocations. All of it stays.
const POOLED: Cost = [1_000 + 9, 1_000 * 16 + 1_024 * 8];

// Nothing that the second day needs is missing.
const POOLED_THE_NEXT_DAY: Cost = [0, 0];

// A thousand in the battle, and a hundred times ten: each is freed.
const BOXED: Cost = [2_000, 0];

// They lie in the list itself, which is there already.
const BY_VALUE: Cost = [0, 0];

// ---- Change nothing below this line. ----

use measuring::Budget;
use std::sync::Mutex;

measuring::install!();

/// What a day costs: `[allocations, live]`.
type Cost = [u64; 2];

fn pooled(pool: &Pool, flying: &mut Boxes, count: u64) -> u64 {
    for number in 0..count {
        let mut position = pool.take();
        *position = [number, number];
        flying.push(position);
    }
    let sum = flying.iter().map(|it| it[0]).sum();
    flying.drain(..).for_each(|it| pool.give_back(it));
    sum
}

fn boxed(flying: &mut Boxes, count: u64) -> u64 {
    flying.extend((0..count).map(|number| Box::new([number, number])));
    flying.drain(..).map(|it| it[0]).sum()
}

fn by_value(flying: &mut Vec<Position>, count: u64) -> u64 {
    flying.extend((0..count).map(|number| [number, number]));
    flying.drain(..).map(|it| it[0]).sum()
}

type Position = [u64; 2];

#[allow(clippy::vec_box, reason = "clippy is right, and this is what it costs")]
type Boxes = Vec<Box<Position>>;

#[derive(Default)]
struct Pool {
    free: Mutex<Boxes>,
}

impl Pool {
    fn take(&self) -> Box<Position> {
        let waiting = self.free.lock().unwrap().pop();
        waiting.unwrap_or_default()
    }

    fn give_back(&self, position: Box<Position>) {
        self.free.lock().unwrap().push(position);
    }
}

/// One battle of a thousand, and a hundred ordinary ticks.
fn day(mut tick: impl FnMut(u64) -> u64) -> u64 {
    tick(1_000) + (0..100).map(|_| tick(10)).sum::<u64>()
}

fn predicted() -> Budget {
    let all = [POOLED, POOLED_THE_NEXT_DAY, BOXED, BY_VALUE];
    let sum = |measure: usize| -> u64 { all.iter().map(|it| it[measure]).sum() };
    Budget::of("tiny_pool")
        .allocations(sum(0))
        .live(sum(1) as i64)
}

fn main() {
    let pool = Pool::default();
    let (mut boxes, mut values) = (Vec::with_capacity(1_000), Vec::with_capacity(1_000));
    measuring::show(predicted(), || {
        let first = day(|count| pooled(&pool, &mut boxes, count));
        let second = day(|count| pooled(&pool, &mut boxes, count));
        let third = day(|count| boxed(&mut boxes, count));
        let fourth = day(|count| by_value(&mut values, count));
        [first, second, third, fourth]
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{assert_predicted, heap};
    use std::hint::black_box;

    /// The sum of a day: 0 to 999 once, and 0 to 9 a hundred times.
    const SUM: u64 = 499_500 + 100 * 45;

    /// Some systems make a lock at its first use; that isn't the pool's doing.
    fn empty_pool() -> Pool {
        let pool = Pool::default();
        assert!(pool.free.lock().unwrap().is_empty());
        pool
    }

    #[track_caller]
    fn check(what: &str, [allocations, live]: Cost, mut tick: impl FnMut(u64) -> u64) {
        let (sum, cost) = heap(|| day(|count| tick(black_box(count))));
        assert_eq!(sum, SUM, "{what}");
        assert_predicted(
            &format!("allocations, {what}"),
            allocations,
            cost.allocations,
        );
        let spent = u64::try_from(cost.live).expect("a day frees nothing that was there before");
        assert_predicted(&format!("live bytes, {what}"), live, spent);
    }

    #[test]
    fn the_first_day_with_a_pool() {
        let (pool, mut flying) = (empty_pool(), Vec::with_capacity(1_000));
        check("pooled", POOLED, |count| pooled(&pool, &mut flying, count));
    }

    #[test]
    fn the_next_day_with_a_pool() {
        let (pool, mut flying) = (empty_pool(), Vec::with_capacity(1_000));
        day(|count| pooled(&pool, &mut flying, count));
        check("the next day", POOLED_THE_NEXT_DAY, |count| {
            pooled(&pool, &mut flying, count)
        });
    }

    #[test]
    fn a_day_with_boxes() {
        let mut flying = Vec::with_capacity(1_000);
        check("boxed", BOXED, |count| boxed(&mut flying, count));
    }

    #[test]
    fn a_day_with_values() {
        let mut flying = Vec::with_capacity(1_000);
        check("by value", BY_VALUE, |count| by_value(&mut flying, count));
    }

    /// The code is given, and so is what it keeps: predictions change, it doesn't.
    #[test]
    fn the_pool_keeps_a_box_for_each_in_the_battle() {
        let (pool, mut flying) = (empty_pool(), Vec::with_capacity(1_000));
        let (_, cost) = heap(|| day(|count| pooled(&pool, &mut flying, count)));
        assert_eq!(pool.free.lock().unwrap().len(), 1_000);
        assert!(
            cost.live >= 1_000 * 16,
            "the pool is asked for boxes, and counted"
        );
        let (_, cost) = heap(|| boxed(&mut flying, black_box(10)));
        assert!(
            cost.allocations >= 10,
            "each of ten positions is boxed, and counted"
        );
    }
}
