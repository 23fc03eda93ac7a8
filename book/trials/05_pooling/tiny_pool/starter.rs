//! A game keeps the positions of what flies about: a thousand in a battle, ten on an ordinary tick. Somebody heard that
//! allocations are slow, and put the positions, 16 bytes each, into a pool. Is it worth its code and its lock? Say what a
//! day costs with the pool, with a box for each position, and with neither; then let the meter answer "more" or "less".
//!
//! | measure | what it counts, for one day                                                              |
//! |---------|------------------------------------------------------------------------------------------|
//! | allocations  | allocations, and reallocations too: a list that has to grow asks for one allocation more      |
//! | live    | the bytes in use at its end: nothing flies any more, so they are what the pool keeps     |
//!
//! The list of what flies has room for a thousand before the day begins, and isn't counted. A pointer has 8 bytes.
//!
//! There is no budget to keep. What `main` shows as the budget is the sum of your predictions.

#![forbid(unsafe_code)]

// TODO: predict all four. The first day begins with an empty pool.
const POOLED: Cost = [1, 1];

// What the second day costs beyond the first.
const POOLED_THE_NEXT_DAY: Cost = [1, 1];
const BOXED: Cost = [1, 1];
const BY_VALUE: Cost = [1, 1];

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
