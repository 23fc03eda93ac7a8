//! A router notes what stands for each name in `/users/:user/notes/:note`, and goes back to the first pairs where it
//! took a wrong branch. Few routes have more than four, and a connection keeps one table for all its requests.
//!
//! Four pairs lie in the table itself; with a fifth, all of them move to a list on the heap. An enum is in one of these
//! states, never in both: no name has two places, and no old value is left in one of them.
//!
//! | measure                | budget | why                                                               |
//! |------------------------|-------:|-------------------------------------------------------------------|
//! | allocations, four pairs     |      0 | they are in the table                                             |
//! | allocations, eight pairs    |      1 | the fifth asks for room for eight, and takes the four along       |
//! | bytes                  |    256 | that room: 32 bytes for a pair                                    |
//! | allocations, next requests  |      0 | going back keeps the room                                         |
//! | bytes, a boxed table   |    144 | four pairs, and what says how many are used                       |

#![forbid(unsafe_code)]

/// A name and its value, both lent from the request.
type Pair<'r> = (&'r str, &'r str);

enum Params<'r> {
    /// The first `used` of the pairs; what is behind them is old.
    Inline { pairs: [Pair<'r>; 4], used: usize },
    /// All pairs, also where they have become few again.
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

    fn pairs_mut(&mut self) -> &mut [Pair<'r>] {
        match self {
            Self::Inline { pairs, used } => &mut pairs[..*used],
            Self::Spilled(pairs) => pairs,
        }
    }

    fn get(&self, name: &str) -> Option<&'r str> {
        let pair = self.pairs().iter().find(|(it, _)| *it == name);
        pair.map(|(_, value)| *value)
    }

    /// Sets a value, and returns the one that the name had before. It keeps its place.
    fn set(&mut self, name: &'r str, value: &'r str) -> Option<&'r str> {
        let mut pairs = self.pairs_mut().iter_mut();
        if let Some((_, old)) = pairs.find(|(it, _)| *it == name) {
            return Some(std::mem::replace(old, value));
        }
        match self {
            Self::Inline { pairs, used } if *used < pairs.len() => {
                pairs[*used] = (name, value);
                *used += 1;
            }
            Self::Inline { pairs, .. } => {
                let mut spilled = Vec::with_capacity(2 * pairs.len());
                spilled.extend_from_slice(pairs);
                spilled.push((name, value));
                *self = Self::Spilled(spilled);
            }
            Self::Spilled(pairs) => pairs.push((name, value)),
        }
        None
    }

    /// Goes back to the first pairs, so many of them. The room stays.
    fn truncate(&mut self, length: usize) {
        match self {
            Self::Inline { used, .. } => *used = length.min(*used),
            Self::Spilled(pairs) => pairs.truncate(length),
        }
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Two requests with eight parameters each, and one table for them.
const BUDGET: measuring::Budget = measuring::Budget::of("route_params")
    .allocations(1)
    .bytes(256);

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
    use super::*;
    use measuring::Budget;
    use std::collections::HashMap;
    use std::hint::black_box;

    fn with<'r>(names: &[&'r str], value: &'r str) -> Params<'r> {
        let mut params = Params::new();
        for name in names {
            assert_eq!(params.set(name, value), None);
        }
        params
    }

    /// The table has these pairs and no others, wherever one asks.
    #[track_caller]
    fn assert_pairs(params: &Params, expected: &[Pair]) {
        assert_eq!(params.pairs(), expected);
        for name in NAMES {
            let pair = expected.iter().find(|(it, _)| *it == name);
            assert_eq!(params.get(name), pair.map(|(_, value)| *value), "{name:?}");
        }
    }

    #[test]
    fn a_new_table_is_empty() {
        assert_pairs(&Params::new(), &[]);
    }

    #[test]
    fn all_pairs_are_there_after_each() {
        let mut params = Params::new();
        let values = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let pairs: Vec<Pair> = NAMES.into_iter().zip(values).collect();
        for (at, (name, value)) in pairs.iter().enumerate() {
            assert_eq!(params.set(name, value), None);
            assert_pairs(&params, &pairs[..=at]);
        }
    }

    #[test]
    fn names_are_compared_by_their_letters() {
        let name = String::from("user");
        let mut params = with(&["user"], "1");
        assert_eq!(params.get(&name), Some("1"));
        assert_eq!(params.set(&name, "2"), Some("1"));
        assert_eq!(params.pairs(), [("user", "2")]);
    }

    #[test]
    fn a_name_is_there_once() {
        for count in 1..=8 {
            let mut params = with(&NAMES[..count], "old");
            let mut expected: Vec<Pair> =
                NAMES[..count].iter().map(|name| (*name, "old")).collect();
            for at in 0..count {
                assert_eq!(params.set(NAMES[at], "new"), Some("old"));
                expected[at].1 = "new";
                assert_pairs(&params, &expected);
            }
        }
    }

    #[test]
    fn what_was_left_behind_is_gone() {
        for count in 0..=8 {
            for length in 0..10 {
                let mut params = with(&NAMES[..count], "old");
                params.truncate(length);
                let mut expected = NAMES.map(|name| (name, "old")).to_vec();
                expected.truncate(length.min(count));
                assert_pairs(&params, &expected);
                for name in NAMES.into_iter().skip(expected.len()) {
                    assert_eq!(params.set(name, "new"), None);
                    expected.push((name, "new"));
                    assert_pairs(&params, &expected);
                }
            }
        }
    }

    /// Numbers without an order to them, the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self, below: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % below
        }
    }

    #[test]
    fn ten_thousand_calls_agree_with_a_map() {
        let values: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
        let (mut numbers, mut most) = (Numbers(3), 0);
        let (mut params, mut order, mut map) = (Params::new(), Vec::new(), HashMap::new());
        for value in &values {
            let name = NAMES[numbers.next(NAMES.len())];
            match numbers.next(30) {
                0 => (params, order, map) = (Params::new(), Vec::new(), HashMap::new()),
                1..4 => {
                    let length = numbers.next(10);
                    params.truncate(length);
                    for name in order.drain(length.min(order.len())..) {
                        map.remove(name);
                    }
                }
                _ => {
                    let before = map.insert(name, value.as_str());
                    assert_eq!(params.set(name, value), before);
                    if before.is_none() {
                        order.push(name);
                    }
                }
            }
            let expected: Vec<Pair> = order.iter().map(|name| (*name, map[name])).collect();
            assert_pairs(&params, &expected);
            most = most.max(map.len());
        }
        assert!(most > 6, "the table was never large: {most}");
    }

    #[test]
    fn two_requests_stay_in_budget() {
        let params = BUDGET.assert_holds(|| {
            let mut params = with(black_box(&NAMES), "old");
            params.truncate(0);
            for name in NAMES {
                params.set(black_box(name), "new");
            }
            params
        });
        assert_pairs(&params, &NAMES.map(|name| (name, "new")));
    }

    #[test]
    fn four_pairs_cost_nothing() {
        let budget = Budget::of("route_params").allocations(0);
        let params = budget.assert_holds(|| {
            let mut params = with(black_box(&NAMES[..4]), "old");
            params.truncate(0);
            for name in &NAMES[2..6] {
                params.set(black_box(name), "new");
            }
            params
        });
        assert_pairs(
            &params,
            &["tag", "page", "from", "to"].map(|name| (name, "new")),
        );
    }

    #[test]
    fn a_spilled_table_keeps_its_room() {
        let budget = Budget::of("route_params").allocations(0);
        let mut params = with(&NAMES, "old");
        budget.assert_holds(|| {
            for _ in 0..10 {
                params.truncate(0);
                for name in NAMES {
                    params.set(black_box(name), "new");
                }
                params.truncate(black_box(2));
            }
        });
        assert_pairs(&params, &[("user", "new"), ("note", "new")]);
    }

    #[test]
    fn a_table_is_no_larger_than_four_pairs() {
        let budget = Budget::of("route_params").allocations(1).bytes(144);
        let params = budget.assert_holds(|| Box::new(black_box(Params::new())));
        assert_pairs(&params, &[]);
    }
}
