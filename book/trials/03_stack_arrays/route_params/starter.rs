//! A router matches `/users/:user/notes/:note` and stores a value for each name. After a wrong
//! branch it goes back to the first pairs with `truncate`. A connection keeps one table for all its
//! requests. Example: `set("user", "ada")`, `set("user", "bob")`: `get("user")` is `Some("bob")`.
//!
//! Few routes have more than four parameters, but an attacker's URL may have thousands. Four pairs
//! are in the table itself; the fifth moves all to a list on the heap. A pair is in one of the two,
//! never in both: a name with two places can have two values. Names are compared one by one, whole.
//! Pairs keep the order in which their names came. (This saves allocations. It isn't faster.)
//!
//! | what                 | measure     |   budget | why                                         |
//! |----------------------|-------------|---------:|---------------------------------------------|
//! | four pairs           | allocations |        0 | they are in the table                       |
//! | eight pairs          | allocations |        1 | the fifth reserves eight, and moves four    |
//! |                      | bytes, live |      290 | eight pairs of 32 bytes                     |
//! | the next requests    | allocations |        0 | `truncate` keeps the capacity               |
//! | 40 pairs, 300, 3,000 | allocations | 5, 9, 13 | a list that doubles; bytes are bounded, too |
//! | the table itself     | bytes       |      160 | four pairs, and a few words                 |

#![forbid(unsafe_code)]

/// A name and its value, both lent from the request.
type Pair<'r> = (&'r str, &'r str);

#[allow(dead_code, reason = "nothing spills until `set` is written")]
enum Params<'r> {
    /// The first `used` of the pairs are valid; the others are old.
    Inline { pairs: [Pair<'r>; 4], used: usize },
    /// All pairs, also when they have become few again.
    Spilled(Vec<Pair<'r>>),
}

impl<'r> Params<'r> {
    fn new() -> Self {
        let pairs = [("", ""); 4];
        Self::Inline { pairs, used: 0 }
    }

    /// All pairs, in the order in which their names came.
    fn pairs(&self) -> &[Pair<'r>] {
        match self {
            Self::Inline { pairs, used } => &pairs[..*used],
            Self::Spilled(pairs) => pairs,
        }
    }

    fn get(&self, name: &str) -> Option<&'r str> {
        // TODO: not every place of the array holds a valid pair.
        todo!("look for {name}");
    }

    /// Sets a value, and returns the one that the name had before. The name keeps its place.
    fn set(&mut self, name: &'r str, value: &'r str) -> Option<&'r str> {
        // TODO: replace the value of a name that is there, or add the pair as the last one.
        todo!("set {name} to {value}");
    }

    /// Keeps the first `length` pairs, and the capacity. Does nothing if there are fewer.
    fn truncate(&mut self, length: usize) {
        // TODO: the array has no `truncate`.
        todo!("keep {length} of {} pairs", self.pairs().len());
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Two requests with eight parameters each, and one table for them.
const BUDGET: measuring::Budget = measuring::Budget::of("route_params")
    .allocations(1)
    .bytes(290)
    .live(290);

fn main() {
    measuring::show(BUDGET, || {
        let mut params = Params::new();
        for value in ["old", "new"] {
            params.truncate(0);
            for name in NAMES {
                params.set(name, value);
            }
        }
        (params.get("note").is_some(), params)
    });
}

const NAMES: [&str; 8] = ["user", "note", "tag", "page", "from", "to", "by", ""];

#[cfg(test)]
mod tests {
    use super::{BUDGET, NAMES, Params};
    use measuring::{Budget, assert_gives, assert_work};
    use std::collections::HashMap;
    use std::hint::black_box;

    /// A name and its value.
    type Expected<'r> = (&'r str, &'r str);

    #[track_caller]
    fn set<'r>(params: &mut Params<'r>, name: &'r str, value: &'r str, before: Option<&str>) {
        let pairs = params.pairs().len();
        let came = params.set(name, value);
        assert_gives(
            format_args!("set({name:?}, {value:?}) with {pairs} pairs"),
            &came,
            &before,
        );
    }

    #[track_caller]
    fn with<'r>(names: &[&'r str], value: &'r str) -> Params<'r> {
        let mut params = Params::new();
        for name in names {
            set(&mut params, name, value, None);
        }
        params
    }

    fn pairs<'r>(names: &[&'r str], value: &'r str) -> Vec<Expected<'r>> {
        names.iter().map(|name| (*name, value)).collect()
    }

    /// The table has these pairs and no others, in `pairs` and in `get`.
    #[track_caller]
    fn assert_pairs(when: &str, params: &Params, expected: &[Expected]) {
        assert_gives(format_args!("pairs() {when}"), params.pairs(), expected);
        let names = expected.iter().map(|(name, _)| *name);
        for name in names.chain(NAMES) {
            let pair = expected.iter().find(|(it, _)| *it == name);
            let value = pair.map(|(_, value)| *value);
            assert_gives(
                format_args!("get({name:?}) {when}"),
                &params.get(name),
                &value,
            );
        }
    }

    #[measuring::test]
    fn a_new_table_is_empty() {
        assert_pairs("of a new table", &Params::new(), &[]);
    }

    #[measuring::test]
    fn all_pairs_are_there_after_each() {
        let mut params = Params::new();
        let values = ["a", "b", "c", "d", "", "f", "g", "h"];
        let pairs: Vec<Expected> = NAMES.into_iter().zip(values).collect();
        for (at, (name, value)) in pairs.iter().enumerate() {
            set(&mut params, name, value, None);
            assert_pairs(&format!("after {} pairs", at + 1), &params, &pairs[..=at]);
        }
    }

    #[measuring::test]
    fn names_are_compared_by_their_letters() {
        let name = String::from("user");
        let mut params = with(&["user"], "1");
        assert_gives(
            "get of an equal name at another address",
            &params.get(&name),
            &Some("1"),
        );
        set(&mut params, &name, "2", Some("1"));
        assert_pairs("after a name came twice", &params, &[("user", "2")]);
    }

    #[measuring::test]
    fn names_that_are_alike_are_not_the_same() {
        let long = "x".repeat(300);
        let [first, middle, last] = [0, 150, 299].map(|at| {
            let mut name = long.clone();
            name.replace_range(at..=at, "y");
            name
        });
        let names = [
            "user",
            "users",
            "use",
            "User",
            "uses",
            "u",
            "user ",
            " user",
            "usér",
            "user\0",
            "resu",
            &long,
            &first,
            &middle,
            &last,
            &long[1..],
        ];
        for count in 1..=names.len() {
            let params = with(&names[..count], "it");
            assert_pairs(
                "of names that are alike",
                &params,
                &pairs(&names[..count], "it"),
            );
            for name in &names[count..] {
                assert_gives(
                    format_args!("get({name:?}), which isn't there"),
                    &params.get(name),
                    &None,
                );
            }
        }
    }

    #[measuring::test]
    fn a_name_is_there_once() {
        for count in 1..=8 {
            let names = &NAMES[..count];
            let (mut params, mut expected) = (with(names, "old"), pairs(names, "old"));
            for at in 0..count {
                set(&mut params, NAMES[at], "new", Some("old"));
                expected[at].1 = "new";
                assert_pairs("after values were replaced", &params, &expected);
            }
        }
    }

    #[measuring::test]
    fn what_was_truncated_is_gone() {
        for count in 0..=8 {
            for length in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 256, usize::MAX] {
                let mut params = with(&NAMES[..count], "old");
                params.truncate(length);
                let mut expected = pairs(&NAMES[..count.min(length)], "old");
                let when = format!("after truncate({length}) of {count} pairs");
                assert_pairs(&when, &params, &expected);
                for name in NAMES.into_iter().skip(expected.len()) {
                    set(&mut params, name, "new", None);
                    expected.push((name, "new"));
                    assert_pairs(&format!("{when}, and new ones"), &params, &expected);
                }
            }
        }
    }

    /// Numbers without an order to them, the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self, below: usize) -> usize {
            let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
            self.0 = next.wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % below
        }
    }

    #[measuring::test]
    fn ten_thousand_calls_agree_with_a_map() {
        let texts: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
        let mut numbers = Numbers(3);
        let (mut params, mut order, mut map) = (Params::new(), Vec::new(), HashMap::new());
        for (call, value) in texts.iter().enumerate() {
            let name = texts[numbers.next(14)].as_str();
            match numbers.next(40) {
                0 => (params, order, map) = (Params::new(), Vec::new(), HashMap::new()),
                1..4 => {
                    let length = numbers.next(16);
                    params.truncate(length);
                    for name in order.drain(length.min(order.len())..) {
                        map.remove(name);
                    }
                }
                _ => {
                    let before = map.insert(name, value.as_str());
                    set(&mut params, name, value, before);
                    if before.is_none() {
                        order.push(name);
                    }
                }
            }
            let expected: Vec<Expected> = order.iter().map(|name| (*name, map[name])).collect();
            assert_pairs(&format!("after {call} calls"), &params, &expected);
        }
    }

    #[measuring::test]
    fn two_requests_stay_in_budget() {
        let params = BUDGET.assert_holds_in_process(|| {
            let mut params = Params::new();
            for value in ["old", "new"] {
                params.truncate(0);
                for name in NAMES {
                    params.set(black_box(name), value);
                }
            }
            params
        });
        assert_pairs("after two requests", &params, &pairs(&NAMES, "new"));
    }

    #[measuring::test]
    fn four_pairs_allocate_nothing() {
        let budget = Budget::of("route_params").allocations(0).live(0);
        black_box(budget.assert_holds(|| {
            let mut params = Params::new();
            for names in [&NAMES[..4], &NAMES[2..6]] {
                params.truncate(0);
                for name in names {
                    params.set(black_box(name), "it");
                }
            }
            params
        }));
    }

    #[measuring::test]
    fn a_spilled_table_keeps_its_capacity() {
        let budget = Budget::of("route_params").allocations(0).live(0);
        for count in [8, 40] {
            let names: Vec<String> = (0..count).map(|n| format!("name-{n}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut params = with(&names, "old");
            budget.assert_holds(|| {
                for _ in 0..10 {
                    params.truncate(0);
                    for name in &names {
                        params.set(black_box(name), "new");
                    }
                    params.truncate(black_box(2));
                }
            });
        }
    }

    #[measuring::test]
    fn thousands_of_pairs_are_kept_too() {
        for (count, allocations) in [(9, 3), (40, 5), (300, 9), (3_000, 13)] {
            let names: Vec<String> = (0..count)
                .map(|n| format!("{}{}", ["p", "P"][n % 2], n / 2))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            // As a list that doubles has it.
            let capacity = 32 * (count as u64).next_power_of_two();
            let budget = Budget::of("route_params")
                .allocations(allocations)
                .bytes(2 * capacity + 32)
                .live(capacity as i64 + 32);
            let params = budget.assert_holds(|| {
                let mut params = Params::new();
                for name in &names {
                    params.set(black_box(name), "it");
                }
                params
            });
            let what = format_args!("pairs() after {count} names");
            assert_gives(what, params.pairs(), &pairs(&names, "it")[..]);
            assert_gives(
                format_args!("get of the last of {count} names"),
                &params.get(names[count - 1]),
                &Some("it"),
            );
        }
    }

    #[measuring::test]
    fn the_list_is_freed_with_the_table() {
        let budget = Budget::of("route_params").live(0);
        budget.assert_holds_in_process(|| {
            for count in [5, 8] {
                let mut params = Params::new();
                for name in &NAMES[..count] {
                    params.set(black_box(name), "it");
                }
                params.truncate(2);
            }
        });
    }

    #[measuring::test]
    fn a_table_is_not_much_larger_than_four_pairs() {
        let size = size_of::<Params>() as u64;
        assert_work("bytes that each move of a table copies", size, 160);
    }
}
