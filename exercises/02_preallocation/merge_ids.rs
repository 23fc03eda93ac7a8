//! A relay numbers events by serials of five bytes. It answers a query by merging sorted lists of
//! them: events by one author *or* another, with this tag *and* that, *without* the deleted ones.
//! Example: [1, 3, 5] and [3, 4] → union [1, 3, 4, 5], intersection [3], difference [1, 5].
//!
//! Lists ascend strictly, so one walk along both is enough. Arrays of bytes compare as the
//! big-endian numbers that they are. The caller reuses one buffer for all results. An operation
//! first removes the old result and keeps the capacity. If that is too small, it reserves once,
//! for the longest result that these lists can have. A buffer with enough capacity is *warm*.
//!
//! | result       | capacity, at most        | allocations, empty buffer | bytes, live  | warm |
//! |--------------|--------------------------|--------------------------:|--------------|-----:|
//! | union        | both lists               |          1, or 0 for none | 5 × capacity |    0 |
//! | intersection | the shorter of the lists |          1, or 0 for none | 5 × capacity |    0 |
//! | difference   | the first list           |          1, or 0 for none | 5 × capacity |    0 |

#![forbid(unsafe_code)]

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: reserve for the longest union; then write the serials of both lists, each once.
    todo!("write the union of {} and {} serials", a.len(), b.len());
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: reserve for the longest intersection; then write the serials that are in both.
    todo!(
        "write the intersection of {} and {} serials",
        a.len(),
        b.len()
    );
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: reserve for the longest difference; then write the serials that are in `a` alone.
    todo!(
        "write the difference: {} serials without {}",
        a.len(),
        b.len()
    );
}

// ---- Change nothing below this line. ----

measuring::install!();

/// All three into one buffer, which is empty before the first.
const BUDGET: measuring::Budget = measuring::Budget::of("merge_ids")
    .allocations(1)
    .bytes(5 * 2_000)
    .live(5 * 2_000);

fn main() {
    let (a, b) = (sample(1_000, 3), sample(1_000, 5));
    measuring::show(BUDGET, || {
        let mut out = Vec::new();
        union(&a, &b, &mut out);
        intersection(&a, &b, &mut out);
        difference(&a, &b, &mut out);
        out
    });
}

/// So many serials, `step` apart.
fn sample(count: u64, step: u64) -> Vec<Serial> {
    (0..count).map(|number| serial(number * step)).collect()
}

/// The low five bytes of a number, the highest first.
fn serial(number: u64) -> Serial {
    let [_, _, _, serial @ ..] = number.to_be_bytes();
    serial
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::collections::BTreeSet;
    use std::hint::black_box;

    type Operation = fn(&[Serial], &[Serial], &mut Vec<Serial>);

    fn list(numbers: &[u64]) -> Vec<Serial> {
        numbers.iter().map(|number| serial(*number)).collect()
    }

    /// Serials as the numbers that they are.
    fn numbers<'a>(serials: impl IntoIterator<Item = &'a Serial>) -> Vec<u64> {
        let number = |serial: &Serial| {
            serial
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
        };
        serials.into_iter().map(number).collect()
    }

    /// The three results, each in a buffer that held other serials, are those of sets.
    #[track_caller]
    fn assert_merged(a: &[Serial], b: &[Serial]) {
        let (set_a, set_b) = (BTreeSet::from_iter(a), BTreeSet::from_iter(b));
        let shown = |list: &[Serial]| match list.len() {
            0..20 => format!("{:?}", numbers(list)),
            length => format!("{:?}… ({length})", numbers(&list[..10])),
        };
        let assert = |name: &str, operation: Operation, expected: Vec<u64>| {
            let mut out = list(&[999, 1, 1]);
            operation(black_box(a), black_box(b), &mut out);
            let what = format!("{name} of {} and {}", shown(a), shown(b));
            assert_gives(what, &numbers(&out), &expected);
        };
        assert("union", union, numbers(set_a.union(&set_b).copied()));
        assert(
            "intersection",
            intersection,
            numbers(set_a.intersection(&set_b).copied()),
        );
        assert(
            "difference",
            difference,
            numbers(set_a.difference(&set_b).copied()),
        );
    }

    #[measuring::test]
    fn lists_are_merged() {
        let lists: [&[u64]; 9] = [
            &[],
            &[1, 3, 5, 7],
            &[2, 3, 4, 7],
            &[0],
            &[8, 9, 10],
            &[3, 255, 256, 65_535, 65_536],
            &[0x7f_00_00_00_00, 0x80_00_00_00_00, 0xff_ff_ff_ff_ff],
            &[0x80_00_00_00_00, 0x80_00_00_00_01, 0xff_ff_ff_ff_fe],
            &[1, 3, 5, 7, 0x01_00_00_00_00, 0x01_00_00_00_01],
        ];
        for (a, b) in lists.iter().flat_map(|a| lists.map(|b| (a, b))) {
            assert_merged(&list(a), &list(b));
        }
    }

    /// Numbers without an order to them, the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self, below: u64) -> u64 {
            let product = self.0.wrapping_mul(6_364_136_223_846_793_005);
            self.0 = product.wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % below
        }

        /// Up to 40 serials, close enough for two lists to share some. They differ in two bytes
        /// next to each other, which `shift` chooses, and are equal in the others.
        fn list(&mut self, shift: u64) -> Vec<Serial> {
            let number = |random: u64| ((200 + random) << shift) + 0x11 % (1 << shift);
            let numbers: BTreeSet<_> = (0..self.next(41)).map(|_| number(self.next(100))).collect();
            numbers.into_iter().map(serial).collect()
        }
    }

    #[measuring::test]
    fn a_thousand_pairs_agree_with_sets() {
        let mut numbers = Numbers(5);
        for shift in [0, 8, 16, 24].repeat(250) {
            let (a, b) = (numbers.list(shift), numbers.list(shift));
            assert_merged(&a, &b);
        }
    }

    /// More serials than 16 bits can count; a walk along one list for each of the other never ends.
    #[measuring::test]
    fn long_lists_are_one_walk() {
        measuring::awaiting(
            "a merge of two lists of 150,000 (one walk along both, not one per serial)",
        );
        let (a, b) = (sample(150_000, 3), sample(150_000, 5));
        let (shared, mut out) = (150_000 / 5, Vec::new());
        for (name, operation, expected) in [
            ("union", union as Operation, 300_000 - shared),
            ("intersection", intersection, shared),
            ("difference", difference, 150_000 - shared),
        ] {
            operation(black_box(&a), black_box(&b), &mut out);
            let what = format!("serials in the {name} of 150,000 multiples of 3 and of 5");
            assert_gives(what, &out.len(), &expected);
        }
    }

    /// The budgets of an operation whose result has at most so many serials (0, or more than 3):
    /// for a buffer that is empty, one that is half large enough, and one that holds an old
    /// result.
    ///
    /// The test runs alone in its process, with all threads counted.
    fn assert_capacity(operation: Operation, a: &[Serial], b: &[Serial], most: usize) {
        let (a, b) = (black_box(a), black_box(b));
        let bytes = 5 * most as u64;
        let budget = Budget::of("merge_ids")
            .allocations(most.min(1) as u64)
            .bytes(bytes)
            .live(bytes as i64);
        let out = budget.assert_holds_in_process(|| {
            let mut out = Vec::new();
            operation(a, b, &mut out);
            out
        });
        let warm = budget.allocations(0).bytes(0).live(0);
        let mut buffers = [out, vec![serial(7); most], vec![serial(7); 3_000]];
        for out in &mut buffers {
            warm.assert_holds_in_process(|| operation(a, b, out));
            warm.assert_holds_in_process(|| operation(&a[..a.len() / 2], b, out));
            warm.assert_holds_in_process(|| operation(&[], &[], out));
            warm.assert_holds_in_process(|| operation(a, b, out));
        }
        let half = Vec::with_capacity(most / 2);
        let budget = Budget::of("merge_ids")
            .allocations(most.min(1) as u64)
            .bytes(bytes)
            .live(bytes as i64);
        budget.assert_holds_in_process(|| {
            let mut out = half;
            operation(a, b, &mut out);
            out
        });
    }

    #[measuring::test]
    fn one_buffer_serves_all_three() {
        let (a, b) = (sample(1_000, 3), sample(1_000, 5));
        BUDGET.assert_holds_in_process(|| {
            let mut out = Vec::new();
            union(black_box(&a), black_box(&b), &mut out);
            intersection(black_box(&a), black_box(&b), &mut out);
            difference(black_box(&a), black_box(&b), &mut out);
            out
        });
    }

    #[measuring::test]
    fn a_union_reserves_for_both() {
        assert_capacity(union, &sample(1_000, 3), &sample(1_000, 5), 2_000);
        assert_capacity(union, &sample(7, 3), &sample(900, 5), 907);
        assert_capacity(union, &sample(1_000, 3), &[], 1_000);
        assert_capacity(union, &[], &[], 0);
    }

    #[measuring::test]
    fn an_intersection_reserves_for_the_shorter() {
        assert_capacity(intersection, &sample(1_000, 3), &sample(100, 5), 100);
        assert_capacity(intersection, &sample(100, 3), &sample(1_000, 5), 100);
        assert_capacity(intersection, &sample(1_000, 3), &[], 0);
        assert_capacity(intersection, &sample(500, 3), &sample(500, 3), 500);
    }

    #[measuring::test]
    fn a_difference_reserves_for_the_first() {
        assert_capacity(difference, &sample(1_000, 3), &sample(1_000, 5), 1_000);
        assert_capacity(difference, &sample(100, 3), &sample(1_000, 5), 100);
        assert_capacity(difference, &[], &sample(1_000, 5), 0);
        assert_capacity(difference, &sample(700, 3), &[], 700);
    }
}
