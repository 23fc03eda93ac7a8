//! A game has 16-byte positions: 1,000 at a time in a battle, 10 on an ordinary tick. Somebody
//! put them into a pool, because allocations are expensive. Is it worth its code and its lock?
//! Predict what a day costs with the pool, with a box per position, and by value: one battle and
//! 100 ordinary ticks. The code is below the line. The list of a tick's positions has a capacity of
//! 1,000 before the day begins and isn't counted. The pool is empty before the first day.
//!
//! Example: 10 boxes in a new `Vec` of pointers (8 bytes each) are 13 allocations, because the list
//! grows from 4 to 8 to 16. They are 10 * 16 + 16 * 8 live bytes. `main` shows the sum of your
//! predictions as the budget, and the reasons once all are right.
//!
//! | measure     | what it counts, for one day                                                |
//! |-------------|----------------------------------------------------------------------------|
//! | allocations | allocations and reallocations                                              |
//! | live        | bytes that stay allocated at the end of the day, with no position in use   |
//! | locks       | how often the code takes a lock                                            |
//! | pointers    | how often it writes or reads a position through a box                      |

#![forbid(unsafe_code)]

// TODO: each number is a guess. Predict all 16.
const POOLED: Cost = Cost {
    allocations: 1,
    live: 1,
    locks: 1,
    pointers: 1,
};

/// What the second day costs in addition to the first.
const POOLED_THE_NEXT_DAY: Cost = Cost {
    allocations: 1,
    live: 1,
    locks: 1,
    pointers: 1,
};

const BOXED: Cost = Cost {
    allocations: 1,
    live: 1,
    locks: 1,
    pointers: 1,
};

const BY_VALUE: Cost = Cost {
    allocations: 1,
    live: 1,
    locks: 1,
    pointers: 1,
};

// ---- Change nothing below this line. ----

measuring::install!();

/// What a day costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    allocations: u64,
    live: u64,
    locks: u64,
    pointers: u64,
}

/// The four days, with the reasons for their costs.
const DAYS: [(&str, Cost, [&str; 4]); 4] = [
    (
        "pooled",
        POOLED,
        [
            "1,000 boxes in the battle, and a list that grows nine times, from 4 to 1,024 pointers",
            "1,000 boxes of 16 bytes and a list of 1,024 pointers: the pool frees nothing",
            "one to take and one to return each of 2,000 positions",
            "one to write and one to read each of 2,000 positions: a pooled value is still boxed",
        ],
    ),
    (
        "pooled, the next day",
        POOLED_THE_NEXT_DAY,
        [
            "1,000 boxes are free, and the list is long enough",
            "the day leaves the pool as it was; it keeps what the first battle needed",
            "the same as on the first day: a full pool needs its lock as often",
            "the same as on the first day",
        ],
    ),
    (
        "boxed",
        BOXED,
        [
            "a box for each of 2,000 positions: one that was freed is allocated again",
            "each box is freed at the end of its tick",
            "this code takes none, and glibc's allocator has a free list for each thread",
            "one to write and one to read each of 2,000 positions",
        ],
    ),
    (
        "by value",
        BY_VALUE,
        [
            "the positions are in the list, which has its capacity before the day begins",
            "nothing was allocated",
            "nothing is shared",
            "the positions are next to each other in the list: there are no boxes",
        ],
    ),
];

/// The code that is measured. Nothing above the line has an effect on it.
mod game {
    use super::Cost;
    use std::cell::Cell;
    use std::ops::{Deref, DerefMut};
    use std::sync::{Mutex, MutexGuard};

    pub type Position = [u64; 2];

    std::thread_local! {
        static LOCKS: Cell<u64> = const { Cell::new(0) };
        static POINTERS: Cell<u64> = const { Cell::new(0) };
    }

    /// Returns how many locks this thread has taken, and how many pointers it has followed.
    fn locks_and_pointers() -> (u64, u64) {
        (LOCKS.get(), POINTERS.get())
    }

    /// A position in a box. It counts each access through its pointer.
    #[derive(Default)]
    pub struct Boxed(Box<Position>);

    impl Deref for Boxed {
        type Target = Position;

        fn deref(&self) -> &Position {
            POINTERS.set(POINTERS.get() + 1);
            &self.0
        }
    }

    impl DerefMut for Boxed {
        fn deref_mut(&mut self) -> &mut Position {
            POINTERS.set(POINTERS.get() + 1);
            &mut self.0
        }
    }

    #[derive(Default)]
    pub struct Pool {
        free: Mutex<Vec<Boxed>>,
    }

    impl Pool {
        fn lock(&self) -> MutexGuard<'_, Vec<Boxed>> {
            LOCKS.set(LOCKS.get() + 1);
            self.free.lock().unwrap()
        }

        pub fn take(&self) -> Boxed {
            let free = self.lock().pop();
            free.unwrap_or_default()
        }

        pub fn give_back(&self, position: Boxed) {
            self.lock().push(position);
        }

        fn is_empty(&self) -> bool {
            self.free.lock().unwrap().is_empty()
        }
    }

    /// One battle of 1,000 positions, and 100 ticks of 10. Returns the sum of all ticks.
    pub fn day(mut tick: impl FnMut(u64) -> u64) -> u64 {
        tick(1_000)
            + (0..100)
                .map(|_| tick(std::hint::black_box(10)))
                .sum::<u64>()
    }

    pub fn pooled(pool: &Pool, in_use: &mut Vec<Boxed>, count: u64) -> u64 {
        for number in 0..count {
            let mut position = pool.take();
            *position = [number, number];
            in_use.push(position);
        }
        let sum = in_use.iter().map(|it| it[0]).sum();
        in_use.drain(..).for_each(|it| pool.give_back(it));
        sum
    }

    pub fn boxed(in_use: &mut Vec<Boxed>, count: u64) -> u64 {
        for number in 0..count {
            let mut position = Boxed::default();
            *position = [number, number];
            in_use.push(position);
        }
        in_use.drain(..).map(|it| it[0]).sum()
    }

    pub fn by_value(in_use: &mut Vec<Position>, count: u64) -> u64 {
        for number in 0..count {
            in_use.push([number, number]);
        }
        in_use.drain(..).map(|it| it[0]).sum()
    }

    /// Runs a day and returns what it cost.
    fn measured(tick: impl FnMut(u64) -> u64) -> Cost {
        let before = locks_and_pointers();
        let (_, heap) = measuring::heap(|| day(tick));
        let after = locks_and_pointers();
        Cost {
            allocations: heap.allocations,
            live: u64::try_from(heap.live).expect("a day frees nothing older"),
            locks: after.0 - before.0,
            pointers: after.1 - before.1,
        }
    }

    /// Measures the four days, in the order of `DAYS`.
    pub fn days() -> [Cost; 4] {
        let pool = Pool::default();
        // Some systems allocate a lock at its first use. That isn't the pool's doing.
        assert!(pool.is_empty());
        let (mut boxes, mut values) = (Vec::with_capacity(1_000), Vec::with_capacity(1_000));
        let first = measured(|count| pooled(&pool, &mut boxes, count));
        let second = measured(|count| pooled(&pool, &mut boxes, count));
        let third = measured(|count| boxed(&mut boxes, count));
        let fourth = measured(|count| by_value(&mut values, count));
        [first, second, third, fourth]
    }
}

fn main() {
    let predicted = DAYS.map(|(_, cost, _)| cost);
    let sum = |measure: fn(Cost) -> u64| predicted.into_iter().map(measure).sum::<u64>();
    let live = i64::try_from(sum(|it| it.live)).unwrap_or(i64::MAX);
    let all = measuring::Budget::of("tiny_pool").allocations(sum(|it| it.allocations));
    let (mut boxes, mut values) = (Vec::with_capacity(1_000), Vec::with_capacity(1_000));
    measuring::show(all.live(live), || {
        let pool = game::Pool::default();
        game::day(|count| game::pooled(&pool, &mut boxes, count));
        game::day(|count| game::pooled(&pool, &mut boxes, count));
        game::day(|count| game::boxed(&mut boxes, count));
        game::day(|count| game::by_value(&mut values, count));
        pool
    });
    if std::env::args().len() == 1 && game::days() == predicted {
        for (name, cost, why) in DAYS {
            let numbers = [cost.allocations, cost.live, cost.locks, cost.pointers];
            let measures = ["allocations", "live", "locks", "pointers"];
            println!("\n{name}");
            for ((measure, number), why) in measures.into_iter().zip(numbers).zip(why) {
                println!("  {measure:11} {number:6}  {why}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DAYS, game};
    use measuring::assert_predicted;

    #[track_caller]
    fn check(day: usize) {
        let (name, predicted, _) = DAYS[day];
        let measured = game::days()[day];
        for (measure, predicted, measured) in [
            ("allocations", predicted.allocations, measured.allocations),
            ("live", predicted.live, measured.live),
            ("locks", predicted.locks, measured.locks),
            ("pointers", predicted.pointers, measured.pointers),
        ] {
            assert_predicted(&format!("{measure}, {name}"), predicted, measured);
        }
    }

    #[measuring::test]
    fn the_first_day_with_a_pool() {
        check(0);
    }

    #[measuring::test]
    fn the_next_day_with_a_pool() {
        check(1);
    }

    #[measuring::test]
    fn a_day_with_boxes() {
        check(2);
    }

    #[measuring::test]
    fn a_day_with_values() {
        check(3);
    }
}
