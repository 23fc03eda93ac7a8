//! Figures that are no cases: sizes, capacities, and what a conversion takes.
//!
//! Those about allocations are counted by the meter, so they need a binary that has it installed.

use std::hint::black_box;
use std::sync::Arc;

use measuring::case::{Fact, fact};
use measuring::heap;

use crate::Serial;
use crate::map_filling::Map;

pub(crate) const FACTS: &[Fact] = &[
    fact("vec_capacities", || listed(&vec_capacities(0u64, 1_024))),
    fact("vec_growth_factors_to_a_million", || {
        let capacities = vec_capacities(0u64, 1_000_000);
        let factor = |pair: &[usize]| pair[1] as f64 / pair[0] as f64;
        let mut factors: Vec<f64> = capacities.windows(2).map(factor).collect();
        factors.dedup();
        listed(&factors)
    }),
    fact("first_capacity_of_u8", || listed(&vec_capacities(0u8, 1))),
    fact("first_capacity_of_u64", || listed(&vec_capacities(0u64, 1))),
    fact("first_capacity_of_1024_bytes", || {
        listed(&vec_capacities([0u8; 1_024], 1))
    }),
    fact("first_capacity_of_1025_bytes", || {
        listed(&vec_capacities([0u8; 1_025], 1))
    }),
    fact("allocations_of_a_new_vec", || {
        heap(Vec::<u64>::new).1.allocations.to_string()
    }),
    fact("size_of_vec", || size_of::<Vec<u64>>().to_string()),
    fact("size_of_string", || size_of::<String>().to_string()),
    fact("size_of_str_reference", || size_of::<&str>().to_string()),
    fact("size_of_box_str", || size_of::<Box<str>>().to_string()),
    fact("size_of_serial", || size_of::<Serial>().to_string()),
    fact("map_capacities", || listed(&map_capacities(500))),
    fact("map_entry", || size_of::<(u64, u64)>().to_string()),
    fact("map_bytes_per_entry_of_896", || map_bytes_per_entry(896)),
    fact("map_bytes_per_entry_of_897", || map_bytes_per_entry(897)),
    fact("map_capacity_of_500", || map_of(500).capacity().to_string()),
    fact("map_capacity_of_500_after_clear", || {
        let mut map = map_of(500);
        map.clear();
        map.capacity().to_string()
    }),
    fact("map_capacity_of_500_after_shrink_to_10", || {
        let mut map = map_of(500);
        map.retain(|key, _| *key < 10);
        map.shrink_to_fit();
        map.capacity().to_string()
    }),
    fact("estimate_none", || gathered(0)),
    fact("estimate_100", || gathered(100)),
    fact("estimate_1000", || gathered(1_000)),
    fact("query_collected", || {
        allocations_and_use(|| matches().take(LIMIT).collect())
    }),
    fact("query_reserved_to_limit", || {
        allocations_and_use(|| {
            let mut results = Vec::with_capacity(LIMIT);
            results.extend(matches().take(LIMIT));
            results
        })
    }),
    fact("query_streamed", || {
        let stream = || {
            matches().take(LIMIT).for_each(|serial| {
                black_box(serial);
            })
        };
        heap(stream).1.allocations.to_string()
    }),
    fact("conversions_without_a_block", || {
        conversions(|allocations| allocations == 0)
    }),
    fact("conversions_that_allocate", || {
        conversions(|allocations| allocations > 0)
    }),
];

fn listed<T: ToString>(numbers: &[T]) -> String {
    let numbers: Vec<String> = numbers.iter().map(T::to_string).collect();
    numbers.join(", ")
}

/// The capacities that a vector has while it is filled with so many elements.
fn vec_capacities<T: Copy>(element: T, count: usize) -> Vec<usize> {
    let mut grown = Vec::new();
    let mut capacities = Vec::new();
    for _ in 0..count {
        grown.push(element);
        if capacities.last() != Some(&grown.capacity()) {
            capacities.push(grown.capacity());
        }
    }
    capacities
}

fn map_of(entries: u64) -> Map {
    (0..entries).map(|key| (key, key)).collect()
}

/// The capacities that a map has while so many entries are inserted.
fn map_capacities(count: u64) -> Vec<usize> {
    let mut map = Map::default();
    let mut capacities = Vec::new();
    for key in 0..count {
        map.insert(key, key);
        capacities.push(map.capacity());
    }
    capacities.dedup();
    capacities
}

/// What a map of its final size takes from the heap, shared among its entries.
fn map_bytes_per_entry(entries: usize) -> String {
    let (_map, cost) = heap(|| Map::with_capacity_and_hasher(entries, Default::default()));
    format!("{:.1}", cost.live as f64 / entries as f64)
}

/// Gathers 137 serials from each of ten indexes, into room for an estimate.
fn gathered(per_index: usize) -> String {
    allocations_and_use(|| {
        let mut serials = Vec::with_capacity(10 * per_index);
        serials.extend((0..10 * 137).filter_map(Serial::new));
        serials
    })
}

/// The most results that a query asks for.
const LIMIT: usize = 500;

/// What a query finds, of ten thousand notes: fewer than it would take.
fn matches() -> impl Iterator<Item = Serial> {
    (0..10_000)
        .filter(|number| number % 100 == 0)
        .filter_map(Serial::new)
}

fn allocations_and_use<T>(gather: impl FnOnce() -> Vec<T>) -> String {
    let (gathered, cost) = heap(gather);
    let used = 100.0 * gathered.len() as f64 / gathered.capacity() as f64;
    let plural = if cost.allocations == 1 { "" } else { "s" };
    format!(
        "{} allocation{plural}, {used:.0} % of the room used",
        cost.allocations
    )
}

/// The names of the conversions whose allocations are as wanted.
fn conversions(wanted: fn(u64) -> bool) -> String {
    let names: Vec<&str> = CONVERSIONS
        .iter()
        .filter(|(_, allocations)| wanted(allocations()))
        .map(|(name, _)| *name)
        .collect();
    names.join(", ")
}

/// A conversion's name, and what counts its allocations.
type Conversion = (&'static str, fn() -> u64);

const CONVERSIONS: &[Conversion] = &[
    ("`as_bytes`", || {
        allocations(fitted(), |text| {
            black_box(text.as_bytes());
            text
        })
    }),
    ("`into_bytes`", || allocations(fitted(), String::into_bytes)),
    ("`String::from_utf8`", || {
        allocations(fitted().into_bytes(), String::from_utf8)
    }),
    ("`make_ascii_uppercase`", || {
        allocations(fitted(), |mut text| {
            text.make_ascii_uppercase();
            text
        })
    }),
    ("`into_boxed_str` of a full string", || {
        allocations(fitted(), String::into_boxed_str)
    }),
    ("`into_boxed_str` of one with room to spare", || {
        allocations(roomy(), String::into_boxed_str)
    }),
    ("`into_string` of a `Box<str>`", || {
        allocations(fitted().into_boxed_str(), str::into_string)
    }),
    ("`clone`", || allocations(fitted(), |text| text.clone())),
    ("`to_string`", || allocations(TEXT, str::to_string)),
    ("`to_uppercase`", || allocations(TEXT, str::to_uppercase)),
    ("`Arc::<str>::from`", || {
        allocations(fitted(), Arc::<str>::from)
    }),
];

const TEXT: &str = "hello, heap";

/// A string without room to spare.
fn fitted() -> String {
    TEXT.to_owned()
}

/// A string with room to spare.
fn roomy() -> String {
    let mut text = String::with_capacity(2 * TEXT.len());
    text.push_str(TEXT);
    text
}

fn allocations<S, T>(source: S, convert: impl FnOnce(S) -> T) -> u64 {
    let source = black_box(source);
    heap(|| convert(source)).1.allocations
}
