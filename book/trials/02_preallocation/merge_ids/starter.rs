//! A relay knows every event by a serial of five bytes, and answers a query by working on sorted lists of them: events
//! by one author *or* another, with this tag *and* that one, *without* those that were deleted. Each list is strictly
//! ascending, so one walk along both lists is enough; arrays of bytes compare as the big-endian numbers that they are.
//!
//! The caller owns the buffer for the result and hands it in again and again. What it holds is old and goes; its room
//! stays. Where the room is too small, a list is given what it can need at most, in one step.
//!
//! | result       | it holds at most         | allocations, cold | bytes, cold          | allocations, warm |
//! |--------------|--------------------------|--------------|----------------------|--------------|
//! | union        | both lists               |            1 | 5 for each of these  |            0 |
//! | intersection | the shorter of the lists |            1 | 5 for each of these  |            0 |
//! | difference   | the first list           |            1 | 5 for each of these  |            0 |

#![forbid(unsafe_code)]

type Serial = [u8; 5];

/// The serials that are in `a`, in `b` or in both, each once.
fn union(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: make room, then take the smaller head of both lists (from both where they are equal) until none is left.
    todo!("write the union of {} and {} serials", a.len(), b.len());
}

/// The serials that are in `a` and in `b`.
fn intersection(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: make room, for fewer serials than above, then skip the smaller head until both are equal.
    todo!(
        "write the intersection of {} and {} serials",
        a.len(),
        b.len()
    );
}

/// The serials that are in `a` and not in `b`.
fn difference(a: &[Serial], b: &[Serial], out: &mut Vec<Serial>) {
    out.clear();
    // TODO: make room, then keep the heads of `a` that `b` doesn't have.
    todo!(
        "write the difference: {} serials without {}",
        a.len(),
        b.len()
    );
}

// ---- Change nothing below this line. ----

measuring::install!();

/// All three into one buffer, which is cold for the first.
const BUDGET: measuring::Budget = measuring::Budget::of("merge_ids")
    .allocations(1)
    .bytes(5 * 2_000);

fn main() {
    let (a, b) = (sample(3), sample(5));
    measuring::show(BUDGET, || {
        let mut out = Vec::new();
        union(&a, &b, &mut out);
        intersection(&a, &b, &mut out);
        difference(&a, &b, &mut out);
        out
    });
}

/// A thousand serials, `step` apart.
fn sample(step: u64) -> Vec<Serial> {
    (0..1_000).map(|number| serial(number * step)).collect()
}

/// The low five bytes of a number, the highest first.
fn serial(number: u64) -> Serial {
    let [_, _, _, serial @ ..] = number.to_be_bytes();
    serial
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::collections::BTreeSet;
    use std::hint::black_box;

    type Operation = fn(&[Serial], &[Serial], &mut Vec<Serial>);

    fn list(numbers: &[u64]) -> Vec<Serial> {
        numbers.iter().map(|number| serial(*number)).collect()
    }

    /// The operation's result, written into a buffer that holds something else.
    fn result(operation: Operation, a: &[Serial], b: &[Serial]) -> Vec<Serial> {
        let mut out = list(&[999, 1, 1]);
        operation(a, b, &mut out);
        out
    }

    #[test]
    fn lists_are_merged() {
        let (a, b) = (list(&[1, 3, 5, 0x01_00_00_00_00]), list(&[2, 3, 255, 256]));
        let all = list(&[1, 2, 3, 5, 255, 256, 0x01_00_00_00_00]);
        assert_eq!(result(union, &a, &b), all);
        assert_eq!(result(intersection, &a, &b), list(&[3]));
        assert_eq!(result(difference, &a, &b), list(&[1, 5, 0x01_00_00_00_00]));
    }

    #[test]
    fn empty_lists_are_lists() {
        let (some, none) = (list(&[1, 2]), list(&[]));
        assert_eq!(result(union, &some, &none), some);
        assert_eq!(result(union, &none, &some), some);
        assert_eq!(result(intersection, &some, &none), none);
        assert_eq!(result(intersection, &none, &some), none);
        assert_eq!(result(difference, &some, &none), some);
        assert_eq!(result(difference, &none, &some), none);
        assert_eq!(result(union, &none, &none), none);
    }

    /// Numbers without an order to them, the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self, below: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % below
        }

        /// Up to 40 serials, close enough for two lists to share some, and with carries between their bytes.
        fn set(&mut self) -> BTreeSet<Serial> {
            (0..self.next(41))
                .map(|_| serial(200 + self.next(100)))
                .collect()
        }
    }

    #[test]
    fn a_thousand_pairs_agree_with_sets() {
        let mut numbers = Numbers(5);
        for _ in 0..1_000 {
            let (a, b) = (numbers.set(), numbers.set());
            let (left, right) = (Vec::from_iter(a.clone()), Vec::from_iter(b.clone()));
            assert!(result(union, &left, &right).iter().eq(a.union(&b)));
            assert!(
                result(intersection, &left, &right)
                    .iter()
                    .eq(a.intersection(&b))
            );
            assert!(
                result(difference, &left, &right)
                    .iter()
                    .eq(a.difference(&b))
            );
        }
    }

    /// What the operation may cost with a cold buffer, for a result of at most so many serials; with a warm one it
    /// costs nothing.
    fn assert_room(operation: Operation, a: &[Serial], b: &[Serial], most: u64) {
        let cold = Budget::of("merge_ids")
            .allocations(most.min(1))
            .bytes(5 * most);
        let warm = Budget::of("merge_ids").allocations(0);
        let mut out = Vec::new();
        cold.assert_holds(|| operation(black_box(a), black_box(b), &mut out));
        warm.assert_holds(|| operation(black_box(a), black_box(b), &mut out));
        warm.assert_holds(|| operation(black_box(&a[..a.len() / 2]), black_box(b), &mut out));
    }

    #[test]
    fn a_union_takes_room_for_both() {
        assert_room(union, &sample(3), &sample(5), 2_000);
        assert_room(union, &sample(3), &[], 1_000);
    }

    #[test]
    fn an_intersection_takes_room_for_the_shorter() {
        assert_room(intersection, &sample(3), &sample(5)[..100], 100);
        assert_room(intersection, &sample(3)[..100], &sample(5), 100);
        assert_room(intersection, &sample(3), &[], 0);
    }

    #[test]
    fn a_difference_takes_room_for_the_first() {
        assert_room(difference, &sample(3), &sample(5), 1_000);
        assert_room(difference, &sample(3)[..100], &sample(5), 100);
    }

    #[test]
    fn one_buffer_serves_all_three() {
        let (a, b) = (sample(3), sample(5));
        BUDGET.assert_holds(|| {
            let mut out = Vec::new();
            union(black_box(&a), black_box(&b), &mut out);
            intersection(black_box(&a), black_box(&b), &mut out);
            difference(black_box(&a), black_box(&b), &mut out);
            out
        });
    }
}
