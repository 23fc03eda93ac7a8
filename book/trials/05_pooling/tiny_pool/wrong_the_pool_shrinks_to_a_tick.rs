//! Believes that the pool keeps what an ordinary tick needs.

use measuring::Budget;
use std::sync::Mutex;

measuring::install!();

/// What a day costs: `[allocations, live]`.
type Cost = [u64; 2];

// A thousand boxes, and a list that grows from 4 pointers to 1,024 in nine allocations. All of it stays.
const POOLED: Cost = [1_000 + 9, 10 * 16 + 16 * 8];
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

// Nothing that the second day needs is missing.
const POOLED_THE_NEXT_DAY: Cost = [0, 0];

// A thousand in the battle, and a hundred times ten: each is freed.
const BOXED: Cost = [2_000, 0];
fn boxed(flying: &mut Boxes, count: u64) -> u64 {
    flying.extend((0..count).map(|number| Box::new([number, number])));
    flying.drain(..).map(|it| it[0]).sum()
}

// They lie in the list itself, which is there already.
const BY_VALUE: Cost = [0, 0];
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
    Budget::of("tiny_pool").allocations(sum(0)).live(sum(1) as i64)
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
